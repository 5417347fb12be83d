import { choosePrefixes, type PrefixWish } from '../jobs/choose-prefixes.ts';

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

export interface UploadWish extends PrefixWish {
  readonly fileName: string;
  readonly signed: boolean;
  /** Its provenance is stored beside it. */
  readonly attested: boolean;
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
