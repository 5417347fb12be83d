import type { Preview } from '../../jobs/previews.ts';
import { formatDate } from '../../messages/date.ts';
import { codeSpan } from '../../messages/escape-markdown.ts';
import { md } from '../../messages/markdown.ts';
import { type JobToDeploy, payloadOf, type UploadDecision } from './plan-uploads.ts';
import type { PassedOver } from './why-passed-over.ts';

const lookAgain = md`type that again, look, then take the label off and set it anew`;

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
    const isUnseen = wholeAt !== undefined && (shown === undefined || shown.isOvertaken);
    if (!isUnseen) return { ...decision, ...(shown && { shown: shown.sha256 }) };
    const why = `it is not among what "bot: explain deploy" showed at ${formatDate(new Date(wholeAt))}; ${lookAgain}`;
    return { ...decision, refused: why, isUnseen: true };
  });
}

/** Says of what was shown that a build overtook it, which was not shown and is refused. */
export function tellOvertaken<Job extends JobToDeploy>(
  passedOver: readonly PassedOver<Job>[],
  decisions: readonly BoundDecision<Job>[],
  preview: Preview | undefined,
): PassedOver<Job>[] {
  return passedOver.map((each) => {
    const { job, artefact = '' } = each;
    const wasShown = preview?.artefacts.some((shown) => shown.job === job.id && shown.artefact === artefact);
    const by = decisions.find(
      ({ isUnseen, ...other }) => isUnseen && payloadOf(other.artefact) === payloadOf(artefact),
    );
    if (!wasShown || by === undefined) return each;
    const reason = md`${codeSpan(artefact)} was overtaken by ${codeSpan(by.artefact)} of job ${codeSpan(by.job.id)}, which \`bot: explain deploy\` did not show; ${lookAgain}`;
    return { job, artefact, reason };
  });
}

/** The refusal of a file that differs from the one in the preview. */
export function whyNotShown(shown: string, sha256: string): string {
  return `it has the SHA-256 ${sha256}, and "bot: explain deploy" showed ${shown}: something has changed it since; build it again, or type "bot: explain deploy" again and look, then take the label off and set it anew`;
}
