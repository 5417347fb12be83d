import type { Fault, GitHubStandIn } from './github-stand-in.ts';

/** Which of the coming API requests fail, and how. */
export interface Faults {
  readonly failNext: GitHubStandIn['failNext'];
  /** The fault of a request that arrives now, if it is to have one. */
  take(operationId: string | undefined): Fault | undefined;
}

/** No faults, until told. */
export function newFaults(): Faults {
  const waiting: { operationId: string | undefined; times: number; fault: Fault }[] = [];
  return {
    failNext({ operationId, times, fault }) {
      waiting.push({ operationId, times, fault });
    },
    take(operationId) {
      const failure = waiting.find((one) => one.times > 0 && isMeant(one.operationId, operationId));
      if (failure === undefined) return undefined;
      failure.times -= 1;
      return failure.fault;
    },
  };
}

/** Where none is named any request of the API is meant, and none of git. */
const isMeant = (named: string | undefined, arrived: string | undefined) =>
  named === undefined ? arrived !== 'git' : named === arrived;
