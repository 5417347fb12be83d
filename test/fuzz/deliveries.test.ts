import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { findCommands } from '../../src/event-handler/comment/find-commands.ts';
import { parseCommand } from '../../src/event-handler/comment/parse-command.ts';
import { parseComment } from '../../src/event-handler/comment/parse-comment.ts';
import { planComment } from '../../src/event-handler/comment/plan-comment.ts';
import { routeDelivery } from '../../src/event-handler/events/route.ts';
import { gitHubWebhooks } from '../../src/outside/forge/github/github-webhooks.ts';
import { dialects } from '../../src/settings/dialects.ts';
import { examplePayload } from '../../stand-ins/github/example-payloads.ts';
import { exampleComment } from '../example-comment.ts';
import { exampleSettings, exampleSettings6 } from '../example-settings.ts';
import { damaged, hostileText, longRun } from './hostile-text.ts';
import { howOften } from './how-often.ts';

const dialect = fc.constantFrom(...Object.values(dialects));

/** A route, or an error of zod's: nothing else comes of a body. What becomes a part of paths and addresses is a plain name. */
function expectRouted(event: string, payload: unknown): void {
  try {
    const route = routeDelivery({ event, body: JSON.stringify(payload) ?? 'null' }, gitHubWebhooks);
    if (route.kind === 'ignored') return;
    const { owner, name } = route.repository;
    for (const part of [owner, name]) expect(part).toMatch(/^(?!\.{1,2}$)[\w.-]{1,100}$/);
    expect(route.pullRequest).toBeGreaterThan(0);
    if (route.kind === 'pull-request') expect(route.state.headSha).toMatch(/^[0-9a-f]{40,64}$/);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
  }
}

const event = fc.constantFrom('issue_comment', 'pull_request');

it('any JSON is a route or refused', () => {
  fc.assert(fc.property(event, fc.jsonValue(), expectRouted), howOften());
});

it('a real delivery with anything in its place is a route or refused', () => {
  const anything = fc.oneof(hostileText, fc.jsonValue(), fc.constantFrom(undefined, null, -1, 1e308, '..', '../x'));
  const change = fc.tuple(
    fc.constantFrom(
      ...pathsOf(examplePayload('pull_request', 'labeled')),
      ...pathsOf(examplePayload('issue_comment', 'created')),
    ),
    anything,
  );
  fc.assert(
    fc.property(event, fc.array(change, { minLength: 1, maxLength: 3 }), (name, changes) => {
      const payload = structuredClone(
        name === 'pull_request' ? examplePayload(name, 'labeled') : examplePayload(name, 'created'),
      );
      for (const [path, value] of changes) put(payload, path, value);
      expectRouted(name, payload);
    }),
    howOften(),
  );
});

it('a comment of anything is planned, and refused in words', () => {
  const bodies = fc.oneof(
    hostileText,
    damaged(
      'bot: build for:arch=x86_64/amd/zen2,accel=nvidia/cc80 on:arch=zen3 inst:my repo:R1 export:A=b\nbot: status',
    ),
  );
  fc.assert(
    fc.property(bodies, fc.boolean(), fc.constantFrom('alice', 'bob', 'mallory'), (body, is9, sender) => {
      const settings = is9 ? exampleSettings() : exampleSettings6();
      const plan = planComment(parseComment(exampleComment(body, { sender }), settings), {}, settings);
      if (plan.kind === 'ignored') return;
      for (const { outcome } of plan.commands) {
        if (outcome.kind !== 'build') continue;
        expect(sender).toBe('alice');
        for (const { forArch, forAccelerator = 'none' } of outcome.targets) {
          for (const part of [forArch, forAccelerator]) {
            if (is9) expect(part).toMatch(/^(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/);
          }
        }
      }
    }),
    howOften(),
  );
});

it('commands are found as single lines', () => {
  fc.assert(
    fc.property(hostileText, dialect, (body, which) => {
      for (const command of findCommands(body, which)) expect(command).not.toMatch(/[\r\n]/);
    }),
    howOften(),
  );
});

it('a command line is understood, or not', () => {
  const line = fc.oneof(hostileText, damaged('build for:arch=x86_64/amd/zen2 on:arch=zen3,accel=cc80 inst:a'));
  fc.assert(
    fc.property(line, dialect, (text, which) => {
      expect(['command', 'misunderstood']).toContain(parseCommand(text, which).kind);
    }),
    howOften(),
  );
});

it.each(['bot: build ', 'bot: status ', 'bot: '])(
  'a comment that begins %j, as large as GitHub takes, is planned before this test runs out of time',
  (start) => {
    const piece = fc.oneof(
      hostileText,
      fc
        .constantFrom('x{50}', '(a|b)*', '\\pL', '[^a]{50}', '((x{7}){7})', '.*.*.*', `((${'ab'.repeat(90)}){20}){50}`)
        .map((text) => `inst:${text.repeat(40).slice(0, 192)} `),
    );
    fc.assert(
      fc.property(piece, (text) => {
        const body = (start + text.repeat(Math.ceil(65_536 / (text.length + 1)))).slice(0, 65_536);
        const settings = exampleSettings();
        planComment(parseComment(exampleComment(body, { sender: 'mallory' }), settings), {}, settings);
      }),
      howOften(10),
    );
  },
);

it('long runs of anything are looked through before this test runs out of time', () => {
  const line = longRun.map((text) => text.replaceAll(/[\r\n]/g, ' '));
  fc.assert(
    fc.property(longRun, line, dialect, (body, text, which) => {
      findCommands(`bot: help\n${body}`, which);
      parseCommand(text, which);
      parseCommand(`build for:${text} repo:${text}`, which);
    }),
    howOften(50),
  );
});

/** The ways to all values of an object, as keys. */
function pathsOf(value: unknown, before: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || before.length > 3) return [before];
  return [before, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...before, key]))].filter(
    (path) => path.length > 0,
  );
}

function put(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  const inner = target[key];
  if (rest.length === 0) target[key] = value;
  else if (typeof inner === 'object' && inner !== null) put(inner as Record<string, unknown>, rest, value);
}
