import type { Markdown } from '../outside/forge/forge.ts';
import type { Dialect } from '../settings/dialects.ts';
import { asComment } from './comment.ts';

/** The answer to the label `bot:build`, which no longer builds anything. */
export function buildLabel(appName: string, { hasFor }: Dialect): Markdown {
  const command = hasFor ? '`bot: build for:arch=ARCH`' : '`bot: build`';
  return asComment(
    `Instance \`${appName}\`: the label \`bot:build\` is no longer used. To build, post a comment with the line ${command}; \`bot: show_config\` lists what can be built, \`bot: help\` all commands.`,
  );
}
