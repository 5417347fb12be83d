import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseComment } from '../../../src/event-handler/comment/parse-comment.ts';
import { planComment } from '../../../src/event-handler/comment/plan-comment.ts';
import { exampleComment } from '../../example-comment.ts';
import { exampleSettings } from '../../example-settings.ts';

// Comments with what was probably meant as commands, and with what only looks like it. `outcome`: for each line that is answered the
// command, `reaction`, or what the one line says to type; nothing where the comment is passed over.
interface WildComment {
  readonly seen: string;
  readonly by: 'a maintainer' | 'a stranger' | 'a bot';
  readonly body: string;
  readonly outcome: readonly string[];
}
const comments: readonly WildComment[] = JSON.parse(readFileSync(new URL('near-misses.json', import.meta.url), 'utf8'));

const base = exampleSettings();
const settings = {
  ...base,
  appName: 'eessi-bot-vsc-ugent',
  nodeTypes: base.nodeTypes.map((each) => ({ ...each, repositories: ['eessi.io-2023.06-software'] })),
  repositories: {
    sections: {
      'eessi.io-2023.06-software': {
        ...{ container: 'docker://x', repoName: 'software.eessi.io', repoVersion: '1', missing: [] },
      },
    },
  },
  control: { ...base.control, commandPermission: ['alice', 'helper[bot]'] },
};
const senders = {
  'a maintainer': {},
  'a stranger': { sender: 'carol' },
  'a bot': { sender: 'helper[bot]', senderIsBot: true },
};

it.each(comments)('$by, $seen', ({ by, body, outcome }) => {
  const planned = planComment(parseComment(exampleComment(body, senders[by]), settings), {}, settings);
  const commands = planned.kind === 'planned' ? planned.commands : [];
  const told = commands.map(({ outcome: { kind, ...more } }) => {
    if (kind !== 'near-miss') return kind;
    const line = 'line' in more ? more.line : undefined;
    return line === undefined ? 'reaction' : line.replace(/^.* Type `(.*)`$/, 'type $1');
  });
  expect(told).toEqual(outcome);
  const isRead = outcome.some((each) => each === 'status');
  const reactions = outcome.length === 0 ? [] : isRead ? ['eyes', 'confused'] : ['confused'];
  expect(planned.kind === 'planned' ? planned.reactions : []).toEqual(reactions);
});
