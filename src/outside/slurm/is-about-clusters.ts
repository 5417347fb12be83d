/** Whether a word is Slurm's option for clusters. */
export const isAboutClusters = (word: string) => /^(?:-M|--clusters?(?:=|$))/.test(word);
