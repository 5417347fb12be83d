import { expandPrefix, type prefixVariables } from '../jobs/expand-prefix.ts';
import { legacyPath } from '../jobs/legacy-path.ts';

/** One of the objects of an upload. */
export type Part =
  | 'provenance signature'
  | 'provenance'
  | 'artefact signature'
  | 'artefact'
  | 'metadata signature'
  | 'metadata';

/** What goes where, in the order in which it must be stored. */
interface UploadPlan {
  readonly warnings: readonly string[];
  readonly artefactKey: string;
  readonly steps: readonly { readonly part: Part; readonly key: string }[];
}

export interface UploadWish {
  readonly fileName: string;
  /** The file's name without its extension. */
  readonly stem: string;
  readonly artefactPrefix: string;
  readonly metadataPrefix: string;
  readonly repository: string;
  readonly pullRequest: string;
  readonly signed: boolean;
  /** Its provenance is stored beside it. */
  readonly attested: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Of the object with an artefact's provenance, behind the artefact's key. */
export const provenanceEnding = '.intoto.json';

/** Plans keys and order. The metadata file comes last: it tells ingestion that all the rest is stored. */
export function planUpload(wish: UploadWish): UploadPlan {
  const { artefactPrefix, metadataPrefix, warnings } = choosePrefixes(wish);
  const artefactKey = `${artefactPrefix}/${wish.fileName}`;
  const metadataKey = `${metadataPrefix}/${wish.fileName}.meta.txt`;
  const steps: UploadPlan['steps'] = [
    { part: 'provenance signature', key: `${artefactKey}${provenanceEnding}.sig` },
    { part: 'provenance', key: `${artefactKey}${provenanceEnding}` },
    { part: 'artefact signature', key: `${artefactKey}.sig` },
    { part: 'artefact', key: artefactKey },
    { part: 'metadata signature', key: `${metadataKey}.sig` },
    { part: 'metadata', key: metadataKey },
  ];
  const isWanted = ({ part }: UploadPlan['steps'][number]) =>
    (wish.signed || !part.endsWith('signature')) && (wish.attested || !part.startsWith('provenance'));
  return { warnings, artefactKey, steps: steps.filter(isWanted) };
}

function choosePrefixes(wish: UploadWish) {
  const legacy = legacyPath(wish.stem);
  const ours: Record<keyof typeof prefixVariables, string> = {
    github_repository: wish.repository,
    legacy_aws_path: legacy,
    pull_request_number: wish.pullRequest,
  };
  const values = { ...wish.environment, ...ours };
  const artefact = expandPrefix(wish.artefactPrefix, values);
  const metadata = expandPrefix(wish.metadataPrefix, values);
  const warnings = [
    ...warnOfNothing('artefact', wish.artefactPrefix, artefact),
    ...warnOfNothing('metadata', wish.metadataPrefix, metadata),
  ];
  if ((artefact === '') !== (metadata === '')) {
    const [given, missing] = metadata === '' ? ['artefact', 'metadata'] : ['metadata', 'artefact'];
    warnings.push(`The ${missing} prefix is empty: the ${given} prefix '${artefact || metadata}' is used for both.`);
  }
  return { artefactPrefix: artefact || metadata || legacy, metadataPrefix: metadata || artefact || legacy, warnings };
}

function warnOfNothing(name: string, typed: string, expanded: string): string[] {
  if (typed === '' || expanded !== '') return [];
  return [
    `The ${name} prefix '${typed}' expands to nothing and counts as empty; --list-variables shows what can be used.`,
  ];
}
