import { complain, say } from '../daemon/terminal.ts';
import { wordsOf } from '../words-of.ts';
import { findUploader } from './find-uploader.ts';
import { probeStore } from './probe-store.ts';
import { readArguments } from './read-arguments.ts';
import { UnfitArtefact, uploadArtefact } from './upload-artefact.ts';

/** EX_DATAERR of sysexits(3). */
const unfitArtefact = 65;

const command = readArguments(process.argv.slice(2));
switch (command.kind) {
  case 'print':
    say(command.text.trimEnd().split('\n'));
    break;
  case 'refused':
    complain(command.why.split('\n'));
    process.exitCode = 1;
    break;
  case 'probe':
    process.exitCode = await probeStore(command.bucket, command.endpoint, say, complain);
    break;
  case 'upload':
    try {
      const warn = (line: string) => complain(`Warning: ${line}`);
      await uploadArtefact(command.request, { findUploader, environment: process.env, say, warn });
    } catch (error) {
      complain(wordsOf(error).split('\n'));
      process.exitCode = error instanceof UnfitArtefact ? unfitArtefact : 1;
    }
    break;
}
