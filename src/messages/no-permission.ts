import type { Markdown } from '../outside/forge/forge.ts';
import type { Texts } from '../settings/settings.ts';
import { fillIn } from '../settings/template.ts';
import { asComment } from './comment.ts';
import { escapeValue } from './escape-markdown.ts';

/** Someone without build permission typed `bot: build`. Empty if the site's text is: nothing is posted. */
export function noBuildPermission(login: string, texts: Texts): Markdown {
  return asComment(fillIn(texts.noBuildPermission, { build_labeler: escapeValue(login) }));
}

/** Someone without deploy permission set the label `bot:deploy`. Empty as above. */
export function noDeployPermission(login: string, texts: Texts): Markdown {
  return asComment(fillIn(texts.noDeployPermission, { deploy_labeler: escapeValue(login) }));
}
