import { expect, it } from 'vitest';
import { whyLeftOut } from './missing-parts.ts';

const all = { isRoot: true, isInstalled: () => true, maySeparateMounts: () => true, hasContainers: () => true };
const without = (...programs: string[]) => ({ ...all, isInstalled: (name: string) => !programs.includes(name) });
const slurm = "import { startSlurm } from '../slurm/start-slurm.ts';";
const engine = "import { containerEngine } from '../container-engine.ts';";
const ssh = "import { startSshServer } from './start-ssh-server.ts';";

it.each`
  test                    | text                                             | machine                                       | why
  ${'of nothing special'} | ${"import { it } from 'vitest';"}                | ${{ ...without('slurmctld'), isRoot: false }} | ${undefined}
  ${'on a real Slurm'}    | ${slurm}                                         | ${all}                                        | ${undefined}
  ${'on a real Slurm'}    | ${slurm}                                         | ${{ ...all, isRoot: false }}                  | ${'a private Slurm can only be started by root'}
  ${'on a real Slurm'}    | ${slurm}                                         | ${without('slurmd', 'munged')}                | ${'slurmd, munged not installed'}
  ${'with accounting'}    | ${'accounting: true,'}                           | ${without('mariadbd')}                        | ${'mariadbd not installed'}
  ${'that mounts'}        | ${"await run('mount', ['-t', 'tmpfs'])"}         | ${{ ...all, isRoot: false }}                  | ${'only root can mount file systems'}
  ${'over ssh'}           | ${ssh}                                           | ${{ ...all, maySeparateMounts: () => false }} | ${'this machine allows no mount namespace'}
  ${'in a container'}     | ${engine}                                        | ${{ ...all, hasContainers: () => false }}     | ${'neither podman nor docker answers'}
  ${'in a browser'}       | ${"import { chromium } from 'playwright-core';"} | ${without('chromium')}                        | ${'chromium not installed'}
  ${'of alert rules'}     | ${"execa('promtool', ['check', 'rules'])"}       | ${without('promtool')}                        | ${'promtool not installed'}
  ${'that signs'}         | ${"execa('ssh-keygen', ['-Y', 'verify'])"}       | ${without('ssh-keygen')}                      | ${'ssh-keygen not installed'}
`('a test $test is left out because: $why', ({ text, machine, why }) => {
  expect(whyLeftOut(text, machine)).toBe(why);
});
