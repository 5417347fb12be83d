import { expect, it } from 'vitest';
import type { Preview } from '../../jobs/previews.ts';
import { md } from '../../messages/markdown.ts';
import type { JobId } from '../../outside/slurm/slurm.ts';
import { bindToPreview, tellOvertaken } from './bind-to-preview.ts';
import type { JobToDeploy } from './plan-uploads.ts';

const job: JobToDeploy = {
  id: '11',
  repository: { owner: 'A', name: 'x' },
  status: 'SUCCESS',
  artefacts: [{ name: 'p-1.tar' }],
};
const sha256 = 'a'.repeat(64);
const at = '2026-03-10T12:00:00.000Z';
const shown = { job: '11' as JobId, artefact: 'p-1.tar', sha256, size: 3, version: '1', shownAt: at };
const whole = (...artefacts: Preview['artefacts']): Preview => ({ artefacts, wholeAt: at });

it.each`
  what                                   | preview                                             | refused                    | expected
  ${'nobody has looked'}                 | ${undefined}                                        | ${undefined}               | ${{}}
  ${'it was shown'}                      | ${whole(shown)}                                     | ${undefined}               | ${{ shown: sha256 }}
  ${'it was shown, with filters'}        | ${{ artefacts: [shown] }}                           | ${undefined}               | ${{ shown: sha256 }}
  ${'a later look did not show it'}      | ${whole({ ...shown, isOvertaken: true })}           | ${undefined}               | ${{ refused: expect.stringContaining('it is not among what'), isUnseen: true }}
  ${'so too, and a label was set since'} | ${{ artefacts: [{ ...shown, isOvertaken: true }] }} | ${undefined}               | ${{ shown: sha256 }}
  ${'others were shown, with filters'}   | ${{ artefacts: [{ ...shown, job: '12' }] }}         | ${undefined}               | ${{}}
  ${'one of that name, of another job'}  | ${whole({ ...shown, job: '12' as JobId })}          | ${undefined}               | ${{ refused: expect.stringContaining('showed at Mar 10 12:00:00 UTC 2026; type that again'), isUnseen: true }}
  ${'it was built later'}                | ${whole()}                                          | ${undefined}               | ${{ refused: expect.stringContaining('it is not among what "bot: explain deploy" showed'), isUnseen: true }}
  ${'it is refused for another reason'}  | ${whole()}                                          | ${'it is a symbolic link'} | ${{}}
`('$what', ({ preview, refused, expected }) => {
  const decision = { job, artefact: 'p-1.tar', ...(refused !== undefined && { refused }) };
  expect(bindToPreview([decision], preview)).toEqual([{ ...decision, ...expected }]);
});

const file = (id: string, artefact: string) => ({ job: { ...job, id, artefacts: [{ name: artefact }] }, artefact });
const reason = md`replaced`;

it.each`
  what                                        | preview                   | by           | told
  ${'it was shown, the later one was not'}    | ${whole(shown)}           | ${'p-3.tar'} | ${'`p-1.tar` was overtaken by `p-3.tar` of job `13`, which `bot: explain deploy` did not show; type that again, look, then take the label off and set it anew'}
  ${'the later one is of another payload'}    | ${whole(shown)}           | ${'q-3.tar'} | ${reason}
  ${'it was not shown either'}                | ${whole()}                | ${'p-3.tar'} | ${reason}
  ${'shown with filters: nothing is refused'} | ${{ artefacts: [shown] }} | ${'p-3.tar'} | ${reason}
  ${'nobody has looked'}                      | ${undefined}              | ${'p-3.tar'} | ${reason}
`('a later build takes its place: $what', ({ preview, by, told }) => {
  const decisions = bindToPreview([file('13', by)], preview);
  const [overtaken] = tellOvertaken([{ ...file('11', 'p-1.tar'), reason, isOld: true }], decisions, preview);
  expect(overtaken?.reason).toBe(told);
  expect(overtaken?.isOld).toBe(told === reason ? true : undefined);
});
