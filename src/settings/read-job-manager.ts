import type { ProgramCall } from '../outside/processes/program-call.ts';
import type { Setting } from './config-file.ts';
import { readMetricsPlace } from './read-metrics-place.ts';
import { commentHint, longestSeconds, type Reading, readChoice, readPath, readSlurmCommand } from './reading.ts';
import { logFormats, type Settings } from './settings.ts';
import { removeQuotes } from './shell-text.ts';

const section = 'job_manager';

/** `[job_manager]`. */
export function readJobManager(reading: Reading): Settings['jobManager'] {
  const { file } = reading;
  const statusPage = readStatusPage(reading);
  const metrics = readMetricsPlace(reading, section);
  return {
    logPath: readPath(reading, file.getRequired(section, 'log_path')),
    logFormat: readChoice(reading, file.get(section, 'log_format'), logFormats, 'json'),
    jobIdsDir: readPath(reading, file.getRequired(section, 'job_ids_dir')),
    poll: readSlurmCommand(reading, file.getRequired(section, 'poll_command')),
    pollIntervalSeconds: readInterval(reading),
    scontrol: readScontrol(reading),
    logTailLines: readTailLines(reading),
    ...(statusPage !== '' && { statusPage }),
    ...(metrics && { metrics }),
  };
}

function readInterval({ file }: Reading): number {
  const setting = file.get(section, 'poll_interval');
  if (setting.value === '') return 60;
  const word = removeQuotes(setting.value);
  if (!/^[+-]?\d+$/.test(word)) {
    file.refuse(setting, `has to be a whole number of seconds${commentHint(setting)}`);
    return 60;
  }
  const seconds = Number(word);
  if (seconds > longestSeconds) file.refuse(setting, `is more than a day; give at most ${longestSeconds} seconds`);
  if (seconds > 0) return seconds;
  file.warn(setting, 'is no time between two looks at the queue: it counts as 60; write that, or more');
  return 60;
}

/** It replaces what is there: only a file with the name of a page. */
function readStatusPage(reading: Reading): string {
  const setting = reading.file.get(section, 'status_page');
  const path = readPath(reading, setting);
  if (path === '' || /\.html?$/.test(path)) return path;
  reading.file.refuse(setting, `has to end in .html: what is there is replaced${commentHint(setting)}`);
  return '';
}

const mostTailLines = 200;

function readTailLines({ file }: Reading): number {
  const setting = file.get(section, 'log_tail_lines');
  if (setting.value === '') return 20;
  const lines = Number(removeQuotes(setting.value));
  if (Number.isInteger(lines) && lines >= 0 && lines <= mostTailLines) return lines;
  file.refuse(setting, `has to be a number of lines, 0 (none) to ${mostTailLines}${commentHint(setting)}`);
  return 20;
}

/** Where `%` means itself it is doubled here, and all are filled in alike. */
function readScontrol(reading: Reading): ProgramCall {
  const setting = reading.file.getRequired(section, 'scontrol_command');
  const command = readSlurmCommand(reading, setting);
  if (reading.dialect.scontrolIsFilledIn) {
    for (const word of [...Object.values(command.environment), command.program, ...command.arguments]) {
      checkPlaceholders(reading, setting, word);
    }
    return command;
  }
  const double = (word: string) => word.replaceAll('%', '%%');
  return {
    environment: Object.fromEntries(Object.entries(command.environment).map(([name, value]) => [name, double(value)])),
    program: double(command.program),
    arguments: command.arguments.map(double),
  };
}

const names = ['jobid', 'cluster', 'partition', 'state', 'reason'];

function checkPlaceholders({ file }: Reading, setting: Setting, word: string): void {
  for (const [whole, name] of word.matchAll(/%(?:%|\(([^)]*)\)s|)/g)) {
    if (whole === '%%' || (name !== undefined && names.includes(name))) continue;
    const what = name === undefined ? 'has a single percent sign' : `has the unknown placeholder \`${name}\``;
    const allowed = names.map((one) => `%%(${one})s`).join(', ');
    file.refuse(setting, `${what}; write \`%%%%\` for a percent sign, or one of ${allowed}`);
    return;
  }
}
