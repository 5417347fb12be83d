import type { Preview } from '../../jobs/previews.ts';
import type { JobToDeploy, UploadDecision } from './plan-uploads.ts';

/** A decision about an artefact, compared with the preview. */
interface BoundDecision<Job extends JobToDeploy> extends UploadDecision<Job> {
  /** The SHA-256 that the preview showed: another file is refused. */
  readonly shown?: string;
  /** It is refused: the preview did not show it. */
  readonly isUnseen?: true;
}

/** Refuses what the preview did not show. Without a preview nothing changes. */
export function bindToPreview<Job extends JobToDeploy>(
  decisions: readonly UploadDecision<Job>[],
  preview: Preview | undefined,
): BoundDecision<Job>[] {
  if (preview === undefined) return [...decisions];
  const { artefacts, wholeAt } = preview;
  return decisions.map((decision) => {
    const { job, artefact, refused } = decision;
    if (refused !== undefined) return decision;
    const shown = artefacts.find((each) => each.job === job.id && each.artefact === artefact);
    if (shown !== undefined) return { ...decision, shown: shown.sha256 };
    if (wholeAt === undefined) return decision;
    const why = `it is not among what "bot: explain deploy" showed at ${wholeAt}; type that again, look, then take the label off and set it anew`;
    return { ...decision, refused: why, isUnseen: true };
  });
}

/** The refusal of a file that differs from the one in the preview. */
export function whyNotShown(shown: string, sha256: string): string {
  return `it has the SHA-256 ${sha256}, and "bot: explain deploy" showed ${shown}: something has changed it since; build it again, or type "bot: explain deploy" again and look, then take the label off and set it anew`;
}
