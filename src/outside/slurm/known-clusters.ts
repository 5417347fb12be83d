import type { ProgramCall } from '../processes/program-call.ts';

/** Whether a word is Slurm's option for clusters. */
export const isAboutClusters = (word: string) => /^(?:-M|--clusters?(?:=|$))/.test(word);

/** The clusters named by options of Slurm's commands: `-M c1`, `--clusters=c1,c2`. */
export function clustersNamedIn(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    const [, glued, long] = /^(?:-M(.*)|--clusters?(?:=(.*))?)$/s.exec(word) ?? [];
    if (!isAboutClusters(word)) return [];
    return (glued || long || words[index + 1] || '')
      .split(',')
      .filter((name) => name !== 'all' && /^[^%]+$/.test(name));
  });
}

/** Whether the commands depend on a job's cluster. */
export function isClusterUsed(poll: ProgramCall, scontrol: ProgramCall): boolean {
  const templates = [...Object.values(scontrol.environment), scontrol.program, ...scontrol.arguments];
  return poll.arguments.some(isAboutClusters) || templates.some((word) => word.includes('%(cluster)s'));
}
