import type { z } from 'zod';
import { readShape, type ShapeReading } from './parse-shape.ts';
import { howToTrust, openSealed, type SealedKind } from './seal.ts';

/** What only a person can go on with: other kinds are fetched or asked for anew. */
const waitsForPerson: readonly SealedKind[] = ['job record', 'order'];

/** A sealed file of ours: what it holds, where its seal is right and it has its kind's shape. */
export function openShape<Shape extends z.ZodType>(
  kind: SealedKind,
  place: string,
  text: string,
  shape: Shape,
): ShapeReading<z.output<Shape>> {
  const opened = openSealed(kind, place, text);
  if (opened.kind === 'text') return readShape(opened.text, shape, `${kind} of version 1`);
  return { why: waitsForPerson.includes(kind) ? `${opened.why}; ${howToTrust}` : opened.why };
}
