import { expect, it } from 'vitest';
import { withoutPaths } from './without-paths.ts';

it.each([
  ["ENOENT: no such file, open '/home/bot/key.pem'", "ENOENT: no such file, open '(path)'"],
  ['cannot read ~/.ssh/id_ed25519: denied', 'cannot read (path): denied'],
  ['/usr/bin/sbatch: unrecognized option', '(path): unrecognized option'],
  ['GET https://api.github.com/app/x failed', 'GET https://api.github.com/app/x failed'],
  ['no access to EESSI/software-layer at 1/2', 'no access to EESSI/software-layer at 1/2'],
  ['run: chmod 600 /a/b,/c', 'run: chmod 600 (path),(path)'],
  ["open '/home/my dir/key.pem'", "open '(path)'"],
  ['PATH is /usr/bin:/opt/x', 'PATH is (path):(path)'],
  ['git@host:/srv/repo.git', 'git@host:(path)'],
  ['file:///home/bot/key', 'file:(path)'],
  ['../site/app.cfg:7 and ~bot/key', '(path):7 and (path)'],
  [String.raw`said "no\n/home/bot/key"`, String.raw`said "no\n(path)"`],
  ['/', '/'],
])('%s: in public %s', (words, told) => {
  expect(withoutPaths(words)).toBe(told);
});
