import { join } from 'node:path';
import type { LedgerEntry } from '../../jobs/ledger.ts';
import type { OpenOrder } from '../../jobs/orders.ts';
import { prepareReport, readAndRemoveReport, reportOfUpload } from '../../jobs/upload-report.ts';
import { versionThere } from '../../outside/files/open-untrusted.ts';
import { findRepositoryId } from '../records/of-another-bot/find-repository-id.ts';
import type { Tools } from '../tools.ts';
import { whyNotShown } from './bind-to-preview.ts';
import { inContainer } from './in-container.ts';
import { inspectArtefact } from './inspect-artefact.ts';
import { whyNotUploaded } from './judge-upload.ts';
import type { PlannedArtefact } from './planned-artefact.ts';
import { provenanceOf } from './provenance.ts';
import { readRecordOf } from './read-jobs-to-deploy.ts';
import { whileShowingProgress } from './show-progress.ts';
import { uploadCommand } from './upload-command.ts';

/** Longer than any upload: a script that hangs must not stop all later orders. */
const uploadLimitMilliseconds = 12 * 60 * 60 * 1000;
type ScriptOutcome = Pick<LedgerEntry, 'sha256' | 'size' | 'objects' | 'reason' | 'isRefused'>;

/** Runs the upload script. `reason`: why the artefact was not uploaded. */
export async function runUploadScript(
  planned: PlannedArtefact,
  order: OpenOrder['order'],
  tools: Tools,
): Promise<ScriptOutcome> {
  const { directory, pullRequestDir, commentId, artefact } = planned;
  const file = join(directory, artefact);
  const inspection = await inspectArtefact(file);
  if (inspection.kind === 'unusable') return { reason: `it ${inspection.why}` };
  const { sha256, size, version } = inspection;
  if (planned.shown !== undefined && planned.shown !== sha256)
    return { sha256, size, reason: whyNotShown(planned.shown, sha256), isRefused: true };
  const botDirectory = process.cwd();
  const { repository, pullRequest } = order;
  // Orders planned by earlier versions have no repository id, and a job may have changed its file since.
  const { repositoryId = '', why } = await findRepositoryId(directory, planned.repositoryId);
  if (why !== undefined) return { sha256, size, reason: `it ${why}`, isRefused: true };
  const commit = planned.commit !== undefined && { commit: planned.commit };
  const provenance = tools.settings.deploy.attestation && {
    provenance: provenanceOf({ ...planned, repositoryId }, await readRecordOf(planned), order, tools.settings),
  };
  const report = reportOfUpload(tools.settings.stateDir, `${order.delivery}-${planned.id}`);
  const of = {
    repository,
    pullRequest,
    commentId,
    directory,
    repositoryId,
    file,
    sha256,
    report,
    ...commit,
    ...provenance,
  };
  const call = uploadCommand(tools.settings, of, botDirectory);
  if (call.kind === 'impossible') return { sha256, size, reason: call.reason };
  if (call.warning !== undefined) tools.log.warn({ repositoryId }, call.warning);
  const command = await inContainer(call, {
    botDirectory,
    pullRequestDir,
    jobDirectory: directory,
    environment: tools.environments.upload,
  });
  await prepareReport(report);
  const run = () =>
    tools.runProgram(command, {
      cwd: botDirectory,
      environment: tools.environments.upload,
      timeoutMilliseconds: uploadLimitMilliseconds,
    });
  const begun = tools.monotonic();
  const result = await whileShowingProgress(run, artefact, report, { id: planned.id, directory }, tools);
  const objects = await readAndRemoveReport(report);
  const said = 'stderr' in result ? { stdout: result.stdout.slice(-2000), stderr: result.stderr.slice(-2000) } : {};
  const words = [command.program, ...command.arguments];
  const level = whyNotUploaded(result) === undefined ? 'info' : 'warn';
  tools.log[level]({ job: planned.id, words, result: { ...result, ...said } }, 'ran the upload script');
  const reason = whyNotUploaded(result) ?? ((await versionThere(file)) === version ? undefined : changedMeanwhile);
  tools.onUpload?.(reason === undefined ? 'uploaded' : 'failed', size, tools.monotonic() - begun);
  return { sha256, size, ...(objects && { objects }), ...(reason !== undefined && { reason }) };
}

/** The script opens the file by name again: it may have stored another one than was inspected. */
const changedMeanwhile =
  'it changed while it was uploaded, so that the bucket may have something else than what was inspected: ' +
  'see that nothing writes to it any more, then set the label again';
