import type { Markdown } from '../outside/forge/forge.ts';
import type { Texts } from '../settings/settings.ts';
import { fillIn } from '../settings/template.ts';
import { asComment } from './comment.ts';
import { codeSpan, escapeValue } from './escape-markdown.ts';
import { md } from './markdown.ts';

/** Someone without build permission typed `bot: build`. Empty if the site's text is: nothing is posted. */
export function noBuildPermission(login: string, texts: Texts): Markdown {
  return asComment(fillIn(texts.noBuildPermission, { build_labeler: escapeValue(login) }));
}

/** The same in our words: the begin of a sentence. */
export const mayNotBuild = (login: string): Markdown =>
  md`account ${codeSpan(login)} has NO permission to submit build jobs`;

/** Who can change that. */
export const whoGivesBuildPermission: Markdown = md`the admin of this instance gives it, by \`build_permission\``;

/** Someone without deploy permission set the label `bot:deploy`. Empty as above. `isMeant`: this instance has something to deploy. */
export function noDeployPermission(login: string, texts: Texts, isMeant = false): Markdown {
  const ofSite = fillIn(texts.noDeployPermission, { deploy_labeler: escapeValue(login) });
  if (!isMeant || ofSite.trim() === '') return asComment(ofSite);
  return asComment(
    `${ofSite}\n\nSomebody in \`deploy_permission\` has to take the label off and set it anew; \`bot: explain deploy\` tells who is.`,
  );
}

/** The same in our words, at chat levels at which the site's are not said: of an instance that has something to deploy. */
export function labelWithoutEffect(login: string, appName: string): Markdown {
  return asComment(
    md`The label \`bot:deploy\` has no effect on instance ${codeSpan(appName)}: account ${codeSpan(login)}, which set it, is not in \`deploy_permission\` there. Somebody who is has to take it off and set it anew; \`bot: explain deploy\` tells who may.`,
  );
}
