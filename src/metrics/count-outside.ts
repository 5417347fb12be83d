import type { RequestFacts } from '../outside/forge/forge.ts';
import type { ProgramResult } from '../outside/processes/run-program.ts';
import type { GaugeValue, Metrics } from './metrics.ts';

/** Counts requests to the forge. A rate limit's rest is shown until the limit resets: after that it is not known. */
export function countRequests(metrics: Metrics, now: () => number = Date.now): (facts: RequestFacts) => void {
  const budgets = new Map<string, NonNullable<RequestFacts['budget']>>();
  metrics.beforeReading(() => {
    for (const [key, { resetsAt }] of budgets) if (resetsAt * 1000 < now()) budgets.delete(key);
    const readings = (value: 'limit' | 'remaining'): GaugeValue<'build_bot_github_rate_limit'>[] =>
      [...budgets.values()].map(({ as, resource, ...numbers }) => ({
        labels: { as, resource },
        value: numbers[value],
      }));
    metrics.set('build_bot_github_rate_limit', readings('limit'));
    metrics.set('build_bot_github_rate_limit_remaining', readings('remaining'));
  });
  return ({ request, status = 'none', budget }) => {
    metrics.count('build_bot_github_requests_total', { request, status: String(status) });
    if (budget !== undefined) budgets.set(`${budget.as} ${budget.resource}`, budget);
  };
}

/** Counts runs of Slurm's commands. */
export function countSlurm(metrics: Metrics): (program: string, result: ProgramResult, milliseconds: number) => void {
  return (program, result, milliseconds) => {
    const labels = { program, result: resultOf(result) };
    metrics.observe('build_bot_slurm_command_duration_seconds', labels, milliseconds / 1000);
  };
}

function resultOf(result: ProgramResult): string {
  if (result.kind === 'exited') return result.code === 0 ? 'ok' : 'failed';
  return result.kind.replaceAll('-', ' ');
}
