import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, it } from 'vitest';

// What keeps text of strangers on its way is a rule of eslint's: each finds what is planted.

const { default: config } = (await import(new URL('../eslint.config.js', import.meta.url).href)) as {
  default: readonly Linter.Config[];
};
/** The blocks of these rules alone: the others need the types of the whole project. */
const blocks = config.filter(({ rules }) => rules !== undefined && 'no-restricted-syntax' in rules);
const parsed = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } };

it.each`
  file                                   | code                                                                 | found
  ${'src/event-handler/why-it-waits.ts'} | ${'export const x = (text: string) => text as Markdown;'}            | ${/md`…` of src\/messages\/markdown\.ts/}
  ${'src/event-handler/why-it-waits.ts'} | ${'export const x = (n: string) => n.trim() as Markdown;'}           | ${/md`…`/}
  ${'src/event-handler/why-it-waits.ts'} | ${'export const x = (text: object) => text as unknown as Markdown;'} | ${/md`…`/}
  ${'src/event-handler/why-it-waits.ts'} | ${'export const x = (text: string) => <Markdown>text;'}              | ${/md`…`/}
  ${'src/daemon/terminal.ts'}            | ${'export const x = (text: string) => text as Markdown;'}            | ${/md`…`/}
  ${'src/messages/markdown.ts'}          | ${'export const x = (text: string) => text as Markdown;'}            | ${undefined}
  ${'src/event-handler/why-it-waits.ts'} | ${'export const x = (text: string) => console.log(text);'}           | ${/say\(\) or complain\(\)/}
  ${'src/messages/markdown.ts'}          | ${'export const x = (text: string) => process.stdout.write(text);'}  | ${/say\(\) or complain\(\)/}
`('in $file, $code', ({ file, code, found }) => {
  const messages = new Linter().verify(`${code}\n`, [parsed as Linter.Config, ...blocks], file);
  expect(messages.map(({ message }) => message)).toEqual(found === undefined ? [] : [expect.stringMatching(found)]);
});
