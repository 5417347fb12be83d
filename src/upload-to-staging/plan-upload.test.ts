// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of prefixes, not of this file.
import { describe, expect, it } from 'vitest';
import { planUpload, type UploadWish } from './plan-upload.ts';

const stem = 'eessi-2023.06-software-linux-x86_64-amd-zen2-1700000000';
const fileName = `${stem}.tar.zst`;
const legacy = '2023.06/software/linux/x86_64/amd/zen2/1700000000';
const wish: UploadWish = {
  fileName,
  stem,
  artefactPrefix: '',
  metadataPrefix: '',
  repository: 'O/R',
  pullRequest: '9',
  signed: false,
  attested: false,
  environment: { SITE: 'site', github_repository: 'not/this' },
};
const keysOf = (changes: Partial<UploadWish>) => planUpload({ ...wish, ...changes }).steps.map(({ key }) => key);

describe('where artefact and metadata file go', () => {
  it.each`
    what                                | artefactPrefix                                       | metadataPrefix        | artefact       | metadata
    ${'without prefixes'}               | ${''}                                                | ${''}                 | ${legacy}      | ${legacy}
    ${'with both'}                      | ${'a'}                                               | ${'m'}                | ${'a'}         | ${'m'}
    ${'an artefact prefix serves both'} | ${'x'}                                               | ${''}                 | ${'x'}         | ${'x'}
    ${'a metadata prefix serves both'}  | ${''}                                                | ${'x'}                | ${'x'}         | ${'x'}
    ${'variables of ours go before'}    | ${'new/${github_repository}/${pull_request_number}'} | ${'$legacy_aws_path'} | ${'new/O/R/9'} | ${legacy}
    ${'variables of the environment'}   | ${'$SITE/a'}                                         | ${'$SITE/m'}          | ${'site/a'}    | ${'site/m'}
    ${'both expand to nothing'}         | ${'$NONE'}                                           | ${'${NONE}'}          | ${legacy}      | ${legacy}
  `('$what', ({ artefactPrefix, metadataPrefix, artefact, metadata }) => {
    expect(keysOf({ artefactPrefix, metadataPrefix })).toEqual([
      `${artefact}/${fileName}`,
      `${metadata}/${fileName}.meta.txt`,
    ]);
  });
});

it('stores signatures before what they sign, and the metadata file last', () => {
  expect(planUpload({ ...wish, artefactPrefix: 'a', metadataPrefix: 'm', signed: true }).steps).toEqual([
    { part: 'artefact signature', key: `a/${fileName}.sig` },
    { part: 'artefact', key: `a/${fileName}` },
    { part: 'metadata signature', key: `m/${fileName}.meta.txt.sig` },
    { part: 'metadata', key: `m/${fileName}.meta.txt` },
  ]);
});

it('stores the provenance beside the artefact, and before it', () => {
  const both = { ...wish, artefactPrefix: 'a', metadataPrefix: 'm', attested: true };
  expect(planUpload({ ...both, signed: true }).steps.map(({ key }) => key)).toEqual([
    `a/${fileName}.intoto.json.sig`,
    `a/${fileName}.intoto.json`,
    `a/${fileName}.sig`,
    `a/${fileName}`,
    `m/${fileName}.meta.txt.sig`,
    `m/${fileName}.meta.txt`,
  ]);
  expect(planUpload(both).steps.map(({ part }) => part)).toEqual(['provenance', 'artefact', 'metadata']);
});

it.each`
  what                          | artefactPrefix | metadataPrefix | warnings
  ${'no prefix'}                | ${''}          | ${''}          | ${[]}
  ${'two prefixes'}             | ${'a'}         | ${'m'}         | ${[]}
  ${'only an artefact prefix'}  | ${'x'}         | ${''}          | ${["The metadata prefix is empty: the artefact prefix 'x' is used for both."]}
  ${'only a metadata prefix'}   | ${''}          | ${'$SITE'}     | ${["The artefact prefix is empty: the metadata prefix 'site' is used for both."]}
  ${'one that becomes nothing'} | ${'$NONE'}     | ${'m'}         | ${["The artefact prefix '$NONE' expands to nothing and counts as empty; --list-variables shows what can be used.", "The artefact prefix is empty: the metadata prefix 'm' is used for both."]}
`('warns as it should of $what', ({ artefactPrefix, metadataPrefix, warnings }) => {
  expect(planUpload({ ...wish, artefactPrefix, metadataPrefix }).warnings).toEqual(warnings);
});
