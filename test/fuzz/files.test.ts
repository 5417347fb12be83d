import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTolerantly } from '../../src/configparser/read-tolerantly.ts';
import { writeConfig } from '../../src/configparser/write-config.ts';
import { type OpenRecord, submitJob } from '../../src/event-handler/submit/submit-job.ts';
import type { Tools } from '../../src/event-handler/tools.ts';
import { withRows } from '../../src/job-manager/records/job-store.ts';
import { phaseToldBy } from '../../src/job-manager/records/of-another-bot/phase-told-by.ts';
import { type JobRecord, placeOfRecord, type Row, readJobRecord, writeJobRecord } from '../../src/jobs/job-record.ts';
import { readMetadata } from '../../src/jobs/metadata.ts';
import { readResult } from '../../src/jobs/results.ts';
import { codeSpan, escapeCell, escapeMarkdown, escapeValue } from '../../src/messages/escape-markdown.ts';
import type { Markdown } from '../../src/outside/forge/forge.ts';
import { parseSbatch } from '../../src/outside/slurm/parse-sbatch.ts';
import type { JobId } from '../../src/outside/slurm/slurm.ts';
import { fixture, readText } from '../../src/settings/fixtures/read-fixture.ts';
import { splitWords } from '../../src/settings/posix-words.ts';
import { sealIfObject } from '../sealed-files.ts';
import { damaged, hostileText, longRun } from './hostile-text.ts';
import { howOften } from './how-often.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fuzz-files-'));
});
afterAll(() => rm(directory, { recursive: true }));

const id = '7' as JobId;

it.each(['generation-6.cfg', 'generation-9.cfg'])(
  '%s with anything wrong in it is read, or its problems are told',
  (name) => {
    fc.assert(
      fc.property(damaged(fixture(name)), (text) => {
        const { settings, problems } = readText(text);
        expect(settings === undefined).toBe(problems.length > 0);
        expect(JSON.stringify(settings ?? {})).not.toContain('ghp_secret');
      }),
      howOften(500),
    );
  },
);

it('repos.cfg with anything in it is read, or its problems are told', () => {
  fc.assert(
    fc.property(damaged(fixture('repos.cfg')), (reposCfg) => {
      const { settings, problems } = readText(fixture('generation-9.cfg'), { reposCfg });
      expect(settings === undefined).toBe(problems.length > 0);
    }),
    howOften(500),
  );
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the environment
const words = '-p "a b" $HOME ${GITHUB_TOKEN} ~ --x=$GITHUB_TOKEN';

it('words of a command line are words or a problem, and no secret', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, damaged(words)), (text) => {
      const split = splitWords(text, { HOME: '/home/u', GITHUB_TOKEN: 'ghp_secret' });
      expect(JSON.stringify(split)).not.toContain('ghp_secret');
    }),
    howOften(),
  );
});

it('a value that is written is read as it was: it begins neither a key nor a section', () => {
  fc.assert(
    fc.property(hostileText, (value) => {
      const text = writeConfig([{ name: 'a', values: { first: value, last: 'x' } }]);
      expect(readTolerantly(text).valueOf('a', 'last')).toBe('x');
      expect(readTolerantly(text).valueOf('RESULT', 'status')).toBeUndefined();
    }),
    howOften(),
  );
});

it('long runs of anything are read, recorded and shown before this test runs out of time', () => {
  fc.assert(
    fc.property(longRun, (text) => {
      expect(readTolerantly(`[a]\n${text}\nlast${text}= x\n more${text}`).valueOf('RESULT', 'status')).toBeUndefined();
      expect(
        readTolerantly(writeConfig([{ name: 'a', values: { first: text, last: 'x' } }])).valueOf('a', 'last'),
      ).toBe('x');
      expect(phaseToldBy(`|date|running|${text}|\n${text}\n|date|finished|x|`)).toBe('finished');
      for (const asMarkdown of [codeSpan, escapeMarkdown, escapeValue, escapeCell])
        expect(asMarkdown(text)).not.toMatch(/[\r\n]/);
    }),
    howOften(50),
  );
});

const result = '[RESULT]\ncomment_description = text\nstatus = SUCCESS\nartefacts =\n    eessi-1.tar.gz\n    b.tar\n';
const metadata = '[PR]\nrepo = O/R\npr_number = 9\npr_comment_id = 1\n';
const prepared: JobRecord = {
  version: 1,
  repository: { owner: 'O', name: 'R' },
  pullRequest: 9,
  submission: { kind: 'prepared' },
  comment: { kind: 'none' },
  phase: 'submitted',
  rows: [],
  rowsSent: 0,
};
const record = JSON.stringify({
  ...prepared,
  rows: [{ at: '2026-03-10T12:00:00Z', state: 'finished', text: 'x' }],
});

it('what a job leaves is read as far as it makes sense', async () => {
  const bytes = (text: string) => fc.oneof(damaged(text), fc.uint8Array({ maxLength: 200 }));
  await fc.assert(
    fc.asyncProperty(bytes(result), bytes(metadata), bytes(record), async (ofResult, ofMetadata, ofRecord) => {
      await writeFile(join(directory, '_bot_job7.result'), ofResult);
      await writeFile(join(directory, '_bot_job7.metadata'), ofMetadata);
      const sealed = sealIfObject('job record', placeOfRecord(directory), Buffer.from(ofRecord).toString());
      await writeFile(join(directory, '_bot_job.json'), sealed);
      for (const artefact of (await readResult(directory, id)).artefacts) expect(artefact.trim()).not.toBe('');
      const reading = await readMetadata(directory, id);
      const ofJob = await readJobRecord(directory);
      expect(['record', 'unusable']).toContain(ofJob.kind);
      for (const known of [
        ...(reading.kind === 'metadata' ? [reading.metadata] : []),
        ...(ofJob.kind === 'record' ? [ofJob.record] : []),
      ]) {
        expect(known.pullRequest).toBeGreaterThan(0);
        expect(`${known.repository.owner}/${known.repository.name}`).toMatch(/^[\w-]+\/(?!\.{1,2}$)[\w.-]+$/);
      }
    }),
    howOften(300),
  );
});

/** Up to a few hundred KB. */
const longText = fc
  .tuple(fc.oneof(hostileText, longRun), fc.constantFrom(1, 70_000))
  .map(([text, length]) => (text === '' ? text : text.repeat(Math.ceil(length / text.length))));

it('whatever sbatch says, the record of the job reads back', async () => {
  const stdout = fc.oneof(
    longText,
    fc.constantFrom('7', '7;c1', `7;${'c'.repeat(300)}`, '7;a --uid=0', '9'.repeat(30)),
    damaged('7;cluster\n'),
    damaged('Submitted batch job 7 on cluster c1\n'),
  );
  await fc.assert(
    fc.asyncProperty(stdout, longText, fc.constantFrom(0, 1), async (out, err, code) => {
      const answer = parseSbatch({ kind: 'exited', code, stdout: out, stderr: err });
      const slurm = { submit: async () => answer };
      const tools = {
        settings: { build: { submit: {} } },
        slurm,
        now: () => new Date(0),
        log: { info() {}, warn() {} },
      };
      await submitJob(directory, prepared as OpenRecord, { arguments: [] }, tools as unknown as Tools)
        .then((submission) => writeJobRecord(directory, { ...prepared, submission }))
        .catch((error: Error) => expect(error.name).toBe('Unavailable'));
      expect(await readJobRecord(directory)).toMatchObject({ kind: 'record' });
    }),
    howOften(200),
  );
});

it('whatever a row has to say, the record of the job reads back', async () => {
  await fc.assert(
    fc.asyncProperty(longText, async (text) => {
      const row: Row = { at: new Date(0), state: 'finished', text: text as Markdown };
      const record = withRows({ ...prepared, result: {} }, [row]);
      await writeJobRecord(directory, record);
      expect(await readJobRecord(directory)).toEqual({ kind: 'record', record });
      expect(withRows(record, [row])).toBe(record);
    }),
    howOften(200),
  );
});
