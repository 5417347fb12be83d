import { z } from 'zod';
import { parseShape } from '../outside/files/parse-shape.ts';

const provenanceShape = z.looseObject({ buildDefinition: z.looseObject({}), runDetails: z.looseObject({}) });

/** The text of an in-toto statement, v1, that this file has this provenance. Throws a sentence where `provenance` is none of SLSA's, v1. */
export function statementText(fileName: string, sha256: string, provenance: string): string {
  const predicate = parseShape(provenance, provenanceShape);
  if (predicate === undefined)
    throw new Error('BOT_PROVENANCE is no SLSA provenance as JSON; leave it empty where none is to be stored.');
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: fileName, digest: { sha256 } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate,
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
}
