import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A server of the measurements that runs. */
export interface ForkedServer<Address> {
  /** What it sent once it listened. */
  readonly address: Address;
  stop(): Promise<void>;
}

/** Runs a module in a process of its own, as the daemons are: what it takes is its own. */
export async function forkServer<Address>(
  module: string,
  environment: Readonly<Record<string, string>>,
): Promise<ForkedServer<Address>> {
  const child = fork(module, { env: { ...process.env, ...environment } });
  const [address] = (await once(child, 'message')) as [Address];
  return {
    address,
    async stop() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
