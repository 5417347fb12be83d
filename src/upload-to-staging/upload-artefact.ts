import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { counted } from '../counted.ts';
import { type StoredObject, writeUploadProgress, writeUploadReport } from '../jobs/upload-report.ts';
import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import { digest, readBytes } from '../outside/files/read-bytes.ts';
import {
  builtCommit,
  builtProvenance,
  environmentsOf,
  plannedDigest,
  uploadReport,
} from '../outside/processes/child-environment.ts';
import { wordsOf } from '../words-of.ts';
import { type Compression, parseArtefactName } from './artefact-name.ts';
import { checkArchive, MissingProgram } from './check-archive.ts';
import { metadataText, objectUrl, type Uploader } from './metadata.ts';
import { expectUnchanged, type OpenFile, openFile } from './open-file.ts';
import { type Part, planUpload, provenanceEnding } from './plan-upload.ts';
import type { UploadRequest } from './read-arguments.ts';
import { checkSigner, sign } from './sign.ts';
import { statementText } from './statement.ts';
import { connectToStore, storeVerified } from './store.ts';

const longestSignatureBytes = 64 * 1024;

/** The artefact, which a job made, is invalid: store and network are fine. */
export class UnfitArtefact extends Error {
  override name = 'UnfitArtefact';
}

/** What this program needs from outside, and where it reports. */
interface Surroundings {
  readonly findUploader: () => Promise<Uploader>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** Checks, signs and stores one artefact and its metadata; throws a sentence on any failure. Stores nothing before all checks passed. */
export async function uploadArtefact(request: UploadRequest, surroundings: Surroundings): Promise<void> {
  const opened: OpenFile[] = [];
  const directory = await mkdtemp(join(tmpdir(), 'eessi-upload-'));
  const openTracked = async (path: string) => {
    const file = await openFile(path);
    opened.push(file);
    return file;
  };
  try {
    await upload(request, surroundings, directory, openTracked);
  } finally {
    for (const { handle } of opened) await handle.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function upload(
  request: UploadRequest,
  { findUploader, environment, say, warn }: Surroundings,
  directory: string,
  open: (path: string) => Promise<OpenFile>,
): Promise<void> {
  const fileName = basename(request.file);
  const name = parseArtefactName(fileName);
  if (name.kind === 'refused') throw new UnfitArtefact(name.why);
  const signer = {
    script: request.signScript,
    key: request.signKey,
    namespace: request.botInstance,
    environment: environmentsOf(environment).signing,
  };
  const signed = signer.key !== '';
  if (signed) await checkSigner(signer);

  const artefact = await open(request.file).catch(blameArtefact);
  const { entries, sha256 } = await check(artefact, name.compression).catch(blameArtefact);
  const planned = environment[plannedDigest] ?? '';
  if (planned !== '' && planned !== sha256)
    throw new UnfitArtefact(
      `'${request.file}' has the SHA-256 ${sha256}, and ${planned} was to be uploaded: something has changed it.`,
    );
  say(
    `checked ${request.file}: tar archive, ${counted(entries, 'entry', 'entries')}, ${counted(artefact.sizeBytes, 'byte')}, SHA-256 ${sha256}`,
  );

  const provenance = environment[builtProvenance] ?? '';
  const attested = provenance !== '';
  const plan = planUpload({ ...request, ...name, fileName, signed, attested, environment });
  for (const warning of plan.warnings) warn(warning);
  const metadataPath = join(directory, `${fileName}.meta.txt`);
  const store = await connectToStore(request.bucket, request.endpoint);
  const url = objectUrl(store.endpoint, request.bucket, plan.artefactKey);
  const uploader = await findUploader();
  const commit = environment[builtCommit] ?? '';
  await writeFile(metadataPath, metadataText({ ...request, ...artefact, fileName, sha256, url, uploader, commit }));
  const metadata = await open(metadataPath);
  const files = new Map<Part, OpenFile>([
    ['artefact', artefact],
    ['metadata', metadata],
  ]);
  if (attested) {
    const path = join(directory, `${fileName}${provenanceEnding}`);
    await writeFile(path, statementText(fileName, sha256, provenance));
    files.set('provenance', await open(path));
  }
  if (signed) {
    for (const part of ['provenance', 'artefact', 'metadata'] as const) {
      const file = files.get(part);
      if (file !== undefined) files.set(`${part} signature`, await signAndOpen(file));
    }
  }
  async function signAndOpen(file: OpenFile) {
    const signature = await open(await sign(file, signer, directory));
    if (signature.sizeBytes > longestSignatureBytes) {
      throw new Error(`'${signature.path}' is larger than ${longestSignatureBytes} bytes: it is no signature.`);
    }
    say(`signed ${basename(file.path)}`);
    return signature;
  }

  const report = environment[uploadReport] ?? '';
  const tellSent = report === '' ? undefined : progressTeller(report, artefact.sizeBytes);
  const objects: StoredObject[] = [];
  for (const { part, key } of plan.steps) {
    const file = files.get(part);
    if (file === undefined) throw new Error(`There is no ${part} to upload.`);
    const isArtefact = part === 'artefact';
    const expected = isArtefact ? sha256 : await digestOf(file);
    const stored = await storeVerified(store, key, file, expected, isArtefact ? tellSent : undefined);
    objects.push({ bucket: request.bucket, key, ...stored });
    say(`uploaded ${part} to ${objectUrl(store.endpoint, request.bucket, key)} and read it back`);
  }
  const notTold = (error: unknown) => warn(`What was stored could not be noted in '${report}': ${wordsOf(error)}`);
  if (report !== '') await writeUploadReport(report, objects).catch(notTold);
}

/** Tells how far it is, one after the other; where that cannot be written the upload goes on. */
function progressTeller(report: string, sizeBytes: number): (sentBytes: number) => void {
  let isWriting = false;
  return (sentBytes) => {
    if (isWriting) return;
    isWriting = true;
    writeUploadProgress(report, sentBytes, sizeBytes)
      .catch(() => {})
      .finally(() => {
        isWriting = false;
      });
  };
}

async function check(artefact: OpenFile, compression: Compression): Promise<{ entries: number; sha256: string }> {
  const [entries, sha256] = await Promise.all([checkArchive(artefact, compression), digestOf(artefact)]);
  await expectUnchanged(artefact);
  return { entries, sha256 };
}

async function digestOf({ handle, sizeBytes }: OpenFile): Promise<string> {
  return (await digest(readBytes(handle, 0, sizeBytes))).sha256;
}

function blameArtefact(error: Error): never {
  const isOurs = isDiskTrouble(error) || error.cause instanceof MissingProgram;
  throw isOurs ? error : new UnfitArtefact(error.message, { cause: error });
}
