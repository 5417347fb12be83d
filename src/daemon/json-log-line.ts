/** Escapes in pino's JSON what terminals obey: C1 control characters and marks of writing direction. It means the same as before. */
export function jsonLogLine(json: string): string {
  return json.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
