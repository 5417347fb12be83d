import { expect, it } from 'vitest';
import { metadataText, objectUrl } from './metadata.ts';

const commit = 'c'.repeat(40);
const facts = {
  uploader: { username: 'bot', ip: '', hostname: 'login1' },
  fileName: 'eessi-p-software-1.tar.gz',
  sizeBytes: 12,
  modified: new Date('2025-01-05T03:04:05.678Z'),
  sha256: 'abc',
  url: 'https://s3.example.org/b/k',
  repository: 'O/R',
  pullRequest: '9',
  commentId: 'none',
  commit,
};

it('is JSON in which all values are strings', () => {
  const text = metadataText(facts);
  expect(text).toBe(`{
  "uploader": {
    "username": "bot",
    "ip": "",
    "hostname": "login1"
  },
  "payload": {
    "filename": "eessi-p-software-1.tar.gz",
    "size": "12",
    "ctime": "Sun Jan  5 03:04:05 UTC 2025",
    "sha256sum": "abc",
    "url": "https://s3.example.org/b/k"
  },
  "link2pr": {
    "repo": "O/R",
    "pr": "9",
    "pr_comment_id": "none",
    "commit": "${commit}"
  }
}
`);
});

it.each`
  commit                  | told
  ${commit}               | ${commit}
  ${'d'.repeat(64)}       | ${'d'.repeat(64)}
  ${''}                   | ${undefined}
  ${'main'}               | ${undefined}
  ${`${commit}\n`}        | ${undefined}
  ${commit.toUpperCase()} | ${undefined}
  ${'c'.repeat(41)}       | ${undefined}
`('of the commit "$commit" it tells $told', ({ commit: built, told }) => {
  const { link2pr } = JSON.parse(metadataText({ ...facts, commit: built }));
  expect(link2pr).toEqual({ repo: 'O/R', pr: '9', pr_comment_id: 'none', ...(told && { commit: told }) });
});

it.each`
  endpoint                      | url
  ${''}                         | ${'https://b.s3.amazonaws.com/p/F'}
  ${'https://s3.example.org'}   | ${'https://s3.example.org/b/p/F'}
  ${'https://s3.example.org/'}  | ${'https://s3.example.org/b/p/F'}
  ${'http://127.0.0.1:9000/s3'} | ${'http://127.0.0.1:9000/s3/b/p/F'}
`('at the endpoint "$endpoint" an object is $url', ({ endpoint, url }) => {
  expect(objectUrl(endpoint, 'b', 'p/F')).toBe(url);
});
