import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Markdown, RefusedByForge } from '../forge.ts';
import { octokitGitHub } from './octokit-github.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

it.each(['group/subgroup', 'a.b', '..', ''])(
  'nothing is sent for a repository of %j, whom GitHub cannot have',
  async (owner) => {
    const onRequest = () => expect.unreachable();
    const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const forge = octokitGitHub({
      appId: 1,
      privateKey: key,
      installationId: 7,
      apiUrl: 'http://127.0.0.1:1',
      onRequest,
    });
    const on = { repository: { owner, name: 'R' }, pullRequest: 9 };
    await expect(forge.createComment(on, 'x' as Markdown)).rejects.toThrow(RefusedByForge);
    await expect(forge.readPullRequest(on)).rejects.toThrow(`GitHub has no repository of the name ${owner}/R`);
  },
);
