import type { CommentView } from '../stand-ins/github/github-stand-in.ts';

/** A job as its comment tells of it. */
export interface JobProgress {
  readonly commentId: number;
  readonly id: string;
  /** What it builds for. */
  readonly target: string;
  /** What it builds: the first digits of the commit, or all. */
  readonly commit?: string;
  readonly rows: readonly { readonly state: string; readonly text: string }[];
  readonly steps: readonly {
    readonly name: StepName;
    readonly state: 'open' | 'done' | 'failed';
    /** In words, of a job that has come so far. */
    readonly shown: string;
  }[];
}

export const stepNames = ['comment', 'submitted', 'released', 'running', 'finished', 'tested', 'uploaded'] as const;
export type StepName = (typeof stepNames)[number];

/** The jobs that the comments tell of, as any reader of the pull request understands them. */
export function readJobProgress(comments: readonly Pick<CommentView, 'id' | 'body'>[]): JobProgress[] {
  return comments.flatMap(({ id: commentId, body }) => {
    if (!body.startsWith('New job on instance ')) return [];
    const rows = body.split('\n').flatMap((line) => {
      const [, state = '', text = ''] = /^\|[^|]*\|([^|]+)\|(.*)\|$/.exec(line) ?? [];
      return state === '' || state === 'job status' || /^-+$/.test(state) ? [] : [{ state, text }];
    });
    const [, id = '?'] = /job id `([^`]+)`/.exec(body) ?? [];
    const [, target = '?'] = /^Building for: (.*)$/m.exec(body) ?? [];
    const [, commit] = /\bcommit (?:SHA: )?`([0-9a-f]{7,40})`/i.exec(body) ?? [];
    const steps = stepNames.map((name) => {
      const state = stateOf(name, rows);
      return { name, state, shown: (state === 'failed' && failedSteps[name]) || name };
    });
    return [{ commentId, id, target: plain(target), ...(commit !== undefined && { commit }), rows, steps }];
  });
}

const failedSteps: Partial<Record<StepName, string>> = { tested: 'tests failed', uploaded: 'not uploaded' };
const rowOf = (name: StepName) => (name === 'tested' ? 'test result' : name);

function stateOf(name: StepName, rows: JobProgress['rows']): JobProgress['steps'][number]['state'] {
  const row = rows.find(({ state }) => state === rowOf(name));
  if (name === 'comment') return 'done';
  if ((name === 'finished' || name === 'tested') && row !== undefined)
    return resultOf(row.text) === 'SUCCESS' ? 'done' : 'failed';
  if (name === 'uploaded' && row === undefined && rows.some(({ state }) => state === 'not uploaded')) return 'failed';
  // A job that ended between two looks at the queue has no row `running`, one without tests none of their result.
  const later = stepNames.slice(stepNames.indexOf(name)).map(rowOf);
  return rows.some(({ state }) => later.some((step) => step === state)) ? 'done' : 'open';
}

/** The word that a result begins with; else what Slurm says. */
export function resultOf(text: string): string {
  return /\b(SUCCESS|FAILURE|UNKNOWN)\b/.exec(text)?.[1] ?? plain(text);
}

/** Without the marks of Markdown and HTML. */
export function plain(text: string): string {
  return text
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/`|\*\*|(?<!\w)_|_(?!\w)/g, '')
    .trim();
}
