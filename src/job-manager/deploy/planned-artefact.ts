import type { JobId } from '../../outside/slurm/slurm.ts';

/** A decision, kept in the order's file: a restart does not change it. */
export interface PlannedArtefact {
  readonly id: JobId;
  readonly directory: string;
  readonly pullRequestDir: string;
  readonly commentId: number;
  readonly artefact: string;
  readonly refused?: string;
  /** It was built from this. */
  readonly commit?: string;
  /** For which the bot submitted the job; absent where nobody knows. */
  readonly repositoryId?: string;
  /** The SHA-256 that `bot: explain deploy` showed: nothing else is uploaded. */
  readonly shown?: string;
  /** It is refused since that did not show it. */
  readonly isUnseen?: true;
}
