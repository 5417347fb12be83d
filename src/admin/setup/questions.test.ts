import { describe, expect, it } from 'vitest';
import { takeAnswers } from './questions.ts';

const surroundings = { host: 'login1.cluster.example', home: '/home/me' };
const taken = (given: object) => takeAnswers(given, surroundings);

describe('the answers', () => {
  it('need the permissions alone', () => {
    expect(taken({ permission: 'alice bob:7 carol_acme' })).toEqual({
      answers: {
        name: 'login1-bot',
        permission: 'alice bob:7 carol_acme',
        receive: 'pull',
        jobs: '/home/me/bot/jobs',
        shared: '/home/me/bot/shared',
        endpoint: '',
        bucket: 'eessi-staging',
        organization: '',
        checks: 'no',
        units: 'no',
      },
    });
  });

  it.each([
    { given: {}, says: '--permission <logins> is missing: GitHub logins of those who may command, build and deploy' },
    {
      given: { permission: 'alice,bob' },
      says: '--permission alice,bob has to be GitHub logins with blanks between them',
    },
    {
      given: { permission: 'a', name: 'my bot' },
      says: '--name my bot has to be 3 to 34 letters, digits and hyphens: GitHub takes no longer names',
    },
    {
      given: { permission: 'a', receive: 'http://host' },
      says: '--receive http://host has to be pull, smee or an https address',
    },
    {
      given: { permission: 'a', jobs: 'jobs' },
      says: '--jobs jobs has to be a whole path, from / on: jobs start elsewhere',
    },
    {
      given: { permission: 'a', endpoint: 's3.example.org' },
      says: '--endpoint s3.example.org has to be an address, https://s3.example.org for instance',
    },
  ])('say all that is wrong: $says', ({ given, says }) => {
    expect(taken(given)).toEqual({ problems: [says] });
  });

  it('say several problems at once', () => {
    expect(taken({ name: 'x', receive: 'mail' })).toMatchObject({ problems: { length: 3 } });
  });
});
