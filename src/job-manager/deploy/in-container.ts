import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../../outside/files/durable-files.ts';
import { isNotThere } from '../../outside/files/has-code.ts';
import { isBelow } from '../../outside/files/is-below.ts';
import type { ProgramCall } from '../../outside/processes/program-call.ts';
import { filesOfStore } from './files-of-store.ts';
import type { UploadCommand } from './upload-command.ts';

/** Where an upload in a container runs. Absolute paths. */
interface Surroundings {
  readonly botDirectory: string;
  /** The directory with the job's ID link. */
  readonly pullRequestDir: string;
  readonly jobDirectory: string;
  /** The environment of the upload. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Contained = Extract<UploadCommand, { kind: 'command' }>;

/** The command to run: in its container, if it has one. */
export async function inContainer(upload: Contained, surroundings: Surroundings): Promise<ProgramCall> {
  if (upload.container === undefined) return upload.command;
  const temporary = join(surroundings.jobDirectory, 'previous_tmp', 'upload_step');
  await makeDirectory(temporary);
  return wrap(upload.command, upload.container, await findBinds(upload.paths, surroundings), temporary);
}

/** What the container sees of the machine: the directories of all paths among the arguments, also as real paths, and the store's files. */
async function findBinds(
  paths: readonly string[],
  { botDirectory, pullRequestDir, environment }: Surroundings,
): Promise<string[]> {
  const binds = [pullRequestDir, await realPathIfThere(pullRequestDir)];
  for (const path of paths) {
    const real = await realPathIfThere(path);
    binds.push(dirname(path), await realPathIfThere(dirname(path)), dirname(real));
    // The bot's own upload script needs the rest of the bot.
    if (isBelow(real, await realPathIfThere(botDirectory)))
      binds.push(botDirectory, await realPathIfThere(botDirectory));
  }
  const directories = [...new Set(binds)].filter((directory) => directory !== '/');
  // Single files, not their directories: the image may have the directory of a certificate, too.
  const files = await filesOfStore(environment, botDirectory);
  return [...directories, ...files.filter((file) => !directories.some((each) => isBelow(file, each)))];
}

/** The call in a container that sees what `binds` names and nothing else of the machine. */
function wrap(
  command: ProgramCall,
  { runtime, image, cacheDir }: NonNullable<Contained['container']>,
  binds: readonly string[],
  temporary: string,
): ProgramCall {
  return {
    environment: {
      ...command.environment,
      ...(cacheDir !== '' && { SINGULARITY_CACHEDIR: cacheDir }),
      SINGULARITY_TMPDIR: temporary,
    },
    program: runtime,
    arguments: [
      ...['exec', '--contain', '--no-home'],
      ...binds.flatMap((directory) => ['--bind', directory]),
      image,
      command.program,
      ...command.arguments,
    ],
  };
}

async function realPathIfThere(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isNotThere(error)) return path;
    throw error;
  }
}
