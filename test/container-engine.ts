import { spawnSync } from 'node:child_process';

/** The engine for containers of this machine, if one works: often there is only its client. */
export function containerEngine(): 'podman' | 'docker' | undefined {
  const answers = (engine: string) => spawnSync(engine, ['info'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
  return (['podman', 'docker'] as const).find(answers);
}
