import { isSameJob, type JobLink } from './handovers.ts';
import { type Order, readOpenOrders } from './orders.ts';

// A cancellation is an order for one job. It is written before scancel runs, and stays open until the job's end is posted, as that says who
// cancelled the job.

/** The open cancellation of a job. */
export interface Cancellation {
  readonly job: JobLink;
  /** Login. */
  readonly by: string;
  /** Slurm may have been asked to cancel the job. */
  readonly isAsked: boolean;
}

export const cancelKind = 'cancel';

/** The id of a delivery's order to cancel a job: a delivery orders it once. */
export const cancellationOf = (delivery: string, { id }: Pick<JobLink, 'id'>) => `${delivery}-cancel-${id}`;

/** The jobs that are being cancelled. */
class Cancellations {
  readonly #all: readonly (Cancellation & Pick<Order, 'delivery'>)[];

  constructor(orders: readonly Order[]) {
    this.#all = orders.flatMap(({ kind, job, by, delivery, notAskedYet }) =>
      kind === cancelKind && job ? [{ job, by, delivery, isAsked: notAskedYet !== true }] : [],
    );
  }

  /** The first cancellation of a job; undefined: none. */
  of(job: JobLink): (Cancellation & Pick<Order, 'delivery'>) | undefined {
    return this.#all.find((each) => isSameJob(each.job, job));
  }
}

/** The open cancellations. */
export async function readCancellations(stateDir: string): Promise<Cancellations> {
  const { orders } = await readOpenOrders(stateDir);
  return new Cancellations(orders.map(({ order }) => order));
}
