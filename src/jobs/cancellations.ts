import { isSameJob, type JobLink } from './handovers.ts';
import { type Order, readOpenOrders } from './orders.ts';

// A cancellation is an order of its own for each job. It is written before Slurm is asked to cancel the job, and stays open until the end of
// the job is told: so whoever tells the end knows who cancelled it.

/** That somebody has a job cancelled. */
export interface Cancellation {
  readonly job: JobLink;
  /** Login. */
  readonly by: string;
  /** Slurm may have been asked to cancel the job. */
  readonly isAsked: boolean;
}

export const cancelKind = 'cancel';

/** The identity of the order by which a delivery has a job cancelled: the same one orders it once. */
export const cancellationOf = (delivery: string, { id }: Pick<JobLink, 'id'>) => `${delivery}-cancel-${id}`;

/** The jobs that are being cancelled. */
class Cancellations {
  readonly #all: readonly (Cancellation & Pick<Order, 'delivery'>)[];

  constructor(orders: readonly Order[]) {
    this.#all = orders.flatMap(({ kind, job, by, delivery, notAskedYet }) =>
      kind === cancelKind && job ? [{ job, by, delivery, isAsked: notAskedYet !== true }] : [],
    );
  }

  /** Who was the first to have a job cancelled; undefined: nobody. */
  of(job: JobLink): (Cancellation & Pick<Order, 'delivery'>) | undefined {
    return this.#all.find((each) => isSameJob(each.job, job));
  }
}

/** Those that are ordered, and whose end is not told yet. */
export async function readCancellations(stateDir: string): Promise<Cancellations> {
  const { orders } = await readOpenOrders(stateDir);
  return new Cancellations(orders.map(({ order }) => order));
}
