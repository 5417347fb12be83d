import { constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mayAccess } from '../../outside/files/may-access.ts';
import { howToSet } from '../../settings/how-to-set.ts';
import type { DeploySettings, PerRepository, Settings } from '../../settings/settings.ts';
import { type Finding, notLookedAt } from './finding.ts';
import { judgeCredentials, judgeProbe, judgeSigning } from './judge-upload.ts';
import type { DoctorTools } from './tools.ts';

const probeMilliseconds = 60_000;
const ownScript = 'eessi-upload-to-staging';

/** Looks at what uploads need. Only the probe changes something, and it is removed again. */
export async function lookAtUpload(
  { deploy }: Settings,
  whose: string,
  tools: DoctorTools,
): Promise<readonly Finding[]> {
  if (deploy.policy === 'none') return [notLookedAt('upload/credentials', 'upload_policy = none: nothing is uploaded')];
  const { environment } = tools;
  const file = environment['AWS_SHARED_CREDENTIALS_FILE'] ?? join(environment['HOME'] ?? '/', '.aws/credentials');
  const signing = await Promise.all(Object.entries(deploy.signing).map((entry) => lookAtSigning(entry, environment)));
  const credentials = judgeCredentials({
    inEnvironment: Boolean(environment['AWS_ACCESS_KEY_ID'] && environment['AWS_SECRET_ACCESS_KEY']),
    file,
    isFileReadable: await mayAccess(file, constants.R_OK),
    whose,
    howToSet: await howToSet(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'], environment),
  });
  return [credentials, ...signing, ...(await probe(deploy, tools))];
}

async function lookAtSigning(
  [repository, { key, script }]: [string, DeploySettings['signing'][string]],
  environment: DoctorTools['environment'],
): Promise<Finding> {
  const found = await stat(key).catch(() => undefined); // there is none
  return judgeSigning({
    repository,
    key,
    ...(found !== undefined && { keyMode: found.mode & 0o777 }),
    script,
    hasScript: await stat(script).then(
      () => true,
      () => false,
    ),
    hasPassphrase: Boolean(environment['KEY_PASSPHRASE']),
  });
}

/** By the upload script itself: with its credentials, its CAs, its proxy. */
async function probe(deploy: DeploySettings, tools: DoctorTools): Promise<Finding[]> {
  const { script, endpointUrl } = deploy;
  if (script === undefined) return [];
  if (!tools.mayUpload)
    return [notLookedAt('upload/probe', 'it writes to the bucket; to have it done: ./bot.sh doctor --upload')];
  if (basename(script.program) !== ownScript)
    return [notLookedAt('upload/probe', `${script.program} is the site's own; ${ownScript} alone can probe`)];
  return await Promise.all(
    bucketsOf(deploy.bucketName).map(async (bucket) => {
      const endpoint = endpointUrl === '' ? [] : ['--endpoint-url', endpointUrl];
      const result = await tools.runProgram(
        { ...script, arguments: [...script.arguments, '--probe', '--bucket-name', bucket, ...endpoint] },
        {
          environment: { ...tools.environments.upload, AWS_MAX_ATTEMPTS: '2' },
          timeoutMilliseconds: probeMilliseconds,
        },
      );
      return judgeProbe(bucket, result);
    }),
  );
}

const bucketsOf = (name: PerRepository) =>
  name.kind === 'same' ? [name.value] : [...new Set(Object.values(name.values))];
