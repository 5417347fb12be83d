import { describe, expect, it } from 'vitest';
import type { DeliveryEntry } from '../../outside/forge/forge.ts';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { beginProgress, type Page, type Progress, takeInPage, withFailure, without } from './plan-recovery.ts';

const ours = { installationId: 7, isHandled: gitHubWebhooks.isHandled };
const nothing = () => false;
const now = new Date('2026-03-10T12:00:00Z');

/** `guid at HH:MM [event/action]`, on one day. */
function entry(text: string, changes: Partial<DeliveryEntry> = {}): DeliveryEntry {
  const [guid = '', time = '', what = 'issue_comment/created'] = text.split(' ');
  const [event = '', action] = what.split('/');
  return {
    id: `id-${guid}`,
    guid,
    deliveredAt: `2026-03-10T${time}:00Z`,
    event,
    action,
    installationId: ours.installationId,
    ...changes,
  };
}
const page = (entries: readonly string[], next?: string): Page => ({
  entries: entries.map((text) => entry(text)),
  ...(next !== undefined && { next }),
});
const progress = (changes: Partial<Progress> = {}): Progress => ({
  version: 1,
  begin: '2026-03-10T00:00:00Z',
  before: [],
  comparedUntil: '2026-03-10T09:00:00Z',
  missing: [],
  ...changes,
});
const guids = ({ missing }: Progress) => missing.map(({ guid }) => guid);

describe('what is missing', () => {
  it.each`
    what                                  | entries                                                                                                | inbox    | expected
    ${'nothing is listed'}                | ${[]}                                                                                                  | ${''}    | ${[]}
    ${'everything arrived'}               | ${['b 10:00', 'a 09:30']}                                                                              | ${'a b'} | ${[]}
    ${'one did not arrive'}               | ${['b 10:00', 'a 09:30']}                                                                              | ${'a'}   | ${['b']}
    ${'several: oldest first'}            | ${['c 10:00', 'b 09:45', 'a 09:30']}                                                                   | ${''}    | ${['a', 'b', 'c']}
    ${'several of one second: as listed'} | ${['c 10:00', 'b 10:00', 'a 10:00']}                                                                   | ${''}    | ${['a', 'b', 'c']}
    ${'attempts of one count once'}       | ${['a 10:00', 'b 09:45', 'a 09:30']}                                                                   | ${''}    | ${['a', 'b']}
    ${'within the overlap'}               | ${['b 08:50', 'a 08:49']}                                                                              | ${''}    | ${['b']}
    ${'an edited comment'}                | ${['a 10:00 issue_comment/edited']}                                                                    | ${''}    | ${[]}
    ${'a label, a push, a closing'}       | ${['c 10:02 pull_request/closed', 'b 10:01 pull_request/synchronize', 'a 10:00 pull_request/labeled']} | ${''}    | ${['a', 'b', 'c']}
    ${'a label that was taken away'}      | ${['a 10:00 pull_request/unlabeled']}                                                                  | ${''}    | ${['a']}
    ${'an event that nothing handles'}    | ${['a 10:00 check_run/created']}                                                                       | ${''}    | ${[]}
    ${'an event without action'}          | ${['a 10:00 ping']}                                                                                    | ${''}    | ${[]}
  `('$what', ({ entries, inbox, expected }) => {
    const known = new Set(inbox.split(' '));
    expect(guids(takeInPage(progress(), page(entries), ours, (guid) => known.has(guid)))).toEqual(expected);
  });

  it('is not what another installation was sent, nor what has a name that is a path', () => {
    const entries = [
      entry('a 10:00', { installationId: 8 }),
      entry('b 10:00', { installationId: undefined }),
      entry('../c 10:00'),
    ];
    expect(guids(takeInPage(progress(), { entries }, ours, nothing))).toEqual([]);
  });

  it('keeps what could not be fetched yet, and counts its failures on', () => {
    const before = withFailure(takeInPage(progress(), page(['a 09:30']), ours, nothing), {
      id: 'id-a',
      guid: 'a',
      event: 'issue_comment',
      deliveredAt: '',
      failures: 0,
    });
    const after = takeInPage(before, page(['b 09:35', 'a 09:30']), ours, nothing);
    expect(after.missing.map(({ guid, failures }) => [guid, failures])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
    const [first] = after.missing;
    expect(first && guids(without(after, first))).toEqual(['b']);
  });
});

describe('how far back the list is read', () => {
  it.each`
    what                                        | entries                   | next         | goesOn
    ${'to what was compared, less the overlap'} | ${['b 10:00', 'a 08:49']} | ${'v1_2'}    | ${false}
    ${'further, if all of it is newer'}         | ${['b 10:00', 'a 08:50']} | ${'v1_2'}    | ${true}
    ${'no further than GitHub remembers'}       | ${['b 10:00', 'a 09:30']} | ${undefined} | ${false}
  `('$what', ({ entries, next, goesOn }) => {
    const after = takeInPage(progress(), page(entries, next), ours, nothing);
    expect(after.listing?.next).toBe(goesOn ? next : undefined);
    expect(after.comparedUntil).toBe(goesOn ? '2026-03-10T09:00:00Z' : '2026-03-10T10:00:00Z');
  });

  it('over several pages, from the newest of the first one; fetched is nothing before the last', () => {
    const first = takeInPage(progress(), page(['d 11:00', 'c 10:30'], 'v1_3'), ours, nothing);
    expect(guids(first)).toEqual([]);
    const second = takeInPage(first, page(['b 10:00', 'a 08:00']), ours, nothing);
    expect(guids(second)).toEqual(['b', 'c', 'd']);
    expect(second.comparedUntil).toBe('2026-03-10T11:00:00Z');
    expect(second.listing).toBeUndefined();
  });
});

describe('the first look', () => {
  it('leaves to others what is listed already, but not what happens in the same second', () => {
    const first = page(['b 10:00', 'a 09:00']);
    const begun = takeInPage(beginProgress(first, now), first, ours, nothing);
    expect(guids(begun)).toEqual([]);
    expect(guids(takeInPage(begun, page(['c 10:00', 'b 10:00', 'a 09:00']), ours, nothing))).toEqual(['c']);
  });
  it('on an empty list: all that comes is ours', () => {
    const begun = takeInPage(beginProgress({ entries: [] }, now), { entries: [] }, ours, nothing);
    expect(guids(takeInPage(begun, page(['a 00:01']), ours, nothing))).toEqual(['a']);
  });
  it('that GitHub did not answer: from then on by our own clock', () => {
    const begun = beginProgress('unreadable', now);
    expect(guids(takeInPage(begun, page(['b 12:01', 'a 11:59']), ours, nothing))).toEqual(['b']);
  });
});
