/**
 * A line of pino's JSON with what JSON leaves as it is, and terminals obey: the second half of the control characters, and what turns
 * the direction of writing. It means the same as before.
 */
export function jsonLogLine(json: string): string {
  return json.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
