import { type ChatLevel, chatLevels } from '../settings/chat-levels.ts';

/** Everything that we may post on a pull request, and the lowest chat level at which we do. */
const leastChatLevel = {
  'first comment of a job': 'minimal',
  show_config: 'minimal',
  status: 'minimal',
  log: 'minimal',
  explain: 'minimal',
  'no build permission': 'minimal',
  'label without effect': 'minimal',
  'download failure': 'minimal',
  'response with help': 'minimal',
  'answer to bot:build': 'basic',
  'response with a refusal': 'basic',
  'response with a delay': 'basic',
  response: 'chatty',
  'show_config on opening': 'chatty',
  'no deploy permission': 'chatty',
  'moved job directories': 'chatty',
  'row of a job': 'incognito',
} as const satisfies Record<string, ChatLevel>;

export type Saying = keyof typeof leastChatLevel;

/** May this be said at that chat level? */
export function maySay(saying: Saying, chatLevel: ChatLevel): boolean {
  return chatLevels.indexOf(chatLevel) >= chatLevels.indexOf(leastChatLevel[saying]);
}
