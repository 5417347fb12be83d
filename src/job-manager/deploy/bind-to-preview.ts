import type { Preview } from '../../jobs/previews.ts';
import type { BuiltJob, UploadDecision } from './plan-uploads.ts';

/** A decision about an artefact, held against what `bot: explain deploy` has shown. */
interface BoundDecision<Job extends BuiltJob> extends UploadDecision<Job> {
  /** The SHA-256 that was shown of it: another file is refused. */
  readonly shown?: string;
  /** It is refused since it was not shown. */
  readonly isUnseen?: true;
}

/** Whoever has asked what would be deployed gets that, and nothing else: what was not shown is refused. Without a preview all stays as decided. */
export function bindToPreview<Job extends BuiltJob>(
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

/** Why a file is not uploaded that is not the one that was shown. */
export function whyNotShown(shown: string, sha256: string): string {
  return `it has the SHA-256 ${sha256}, and "bot: explain deploy" showed ${shown}: something has changed it since; build it again, or type "bot: explain deploy" again and look, then take the label off and set it anew`;
}
