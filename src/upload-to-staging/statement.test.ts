import { expect, it } from 'vitest';
import { statementText } from './statement.ts';

const provenance = {
  buildDefinition: { buildType: 'urn:a' },
  runDetails: { builder: { id: 'https://a/apps/b' } },
  more: 1,
};

it('says of a file, by its digest, how it came to be', () => {
  const text = statementText('eessi-p-1.tar.zst', 'ab'.repeat(32), JSON.stringify(provenance));
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toEqual({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'eessi-p-1.tar.zst', digest: { sha256: 'ab'.repeat(32) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: provenance,
  });
});

it.each(['{', '[]', '"text"', '{"buildDefinition":{}}', 'true'])('stores nothing with %j', (text) => {
  expect(() => statementText('a', 'b', text)).toThrow('BOT_PROVENANCE is no SLSA provenance as JSON');
});
