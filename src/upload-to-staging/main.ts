import { findUploader } from './find-uploader.ts';
import { readArguments } from './read-arguments.ts';
import { uploadArtefact } from './upload-artefact.ts';

const command = readArguments(process.argv.slice(2));
switch (command.kind) {
  case 'print':
    process.stdout.write(command.text);
    break;
  case 'refused':
    console.error(command.why);
    process.exitCode = 1;
    break;
  case 'upload':
    try {
      const say = (line: string) => console.log(line);
      const warn = (line: string) => console.error(`Warning: ${line}`);
      await uploadArtefact(command.request, { findUploader, environment: process.env, say, warn });
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    }
    break;
}
