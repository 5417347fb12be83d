/** Escapes in pino's JSON what controls terminals: C1 control characters and marks of writing direction. The JSON means the same. */
export function jsonLogLine(json: string): string {
  return json.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
