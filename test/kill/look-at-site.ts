import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../system/site.ts';
import { mask } from './mask.ts';
import type { KillSite } from './world.ts';

export function commentsOf(site: KillSite, number: number): string[] {
  const masked = (text: string) => mask(text.replaceAll(site.directory, ''));
  return site.github
    .comments(repository, number)
    .map(({ author, body, reactions }) => {
      const rows = body.split('\n').filter((line) => !line.includes('|running|')); // a job may be quicker than an interval
      return masked([author, ...rows, ...reactions.map(({ content, user }) => `:${content}: ${user}`)].join('\n'));
    })
    .sort();
}

/** What the next program reads. */
export async function contents(site: KillSite, files: readonly string[]): Promise<string[]> {
  const read = files.filter((name) => /(_bot_job.*|orders\/[^/]+\.json|cfg\/[^/]+)$/.test(name));
  const texts = read.map(async (name) => {
    const whole = await readFile(join(site.directory, 'jobs', name), 'utf8');
    const text = whole.replace(/"cluster": ".*"/, '"cluster": "…"'); // told by squeue, but not by sbatch
    return mask(`${name}:\n${text}`.replaceAll(site.directory, ''));
  });
  return (await Promise.all(texts)).sort();
}

/** At rest, that is. */
const isTemporary = (name: string) =>
  /(inbox\/plans\/[^/]+|\.tmp|\.stale|\.now|\.preparing|\.moving|\.copying|\/tmp\/[^/]+)$/.test(name);

// Deliveries of our own comments come as often as we send them.
const unseen = new Set(['.bot/locks', '.bot/mirrors', '.bot/inbox/done', '.bot/recovery.json']);

/** All files, but not those inside of git's own directories; in these only what is temporary. */
export async function listing(top: string): Promise<{ used: string[]; leftOver: string[] }> {
  const [used, leftOver]: [string[], string[]] = [[], []];
  const walk = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(top, below))).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      if (isTemporary(path)) {
        leftOver.push(path);
        continue;
      }
      if (unseen.has(path) || name === '.git') continue;
      used.push(path);
      if ((await lstat(join(top, path))).isDirectory()) await walk(path);
    }
  };
  await walk('');
  return { used, leftOver };
}
