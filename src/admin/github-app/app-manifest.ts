import { Html, html } from '../../daemon/html.ts';
import { appNeeds } from './app-needs.ts';

/** Where the browser is led with the code: to a page that nobody answers, whose address has it. */
const afterwards = 'http://localhost/copy-the-code-in-this-address';

interface AppToRegister {
  readonly name: string;
  /** Where GitHub sends deliveries. */
  readonly webhookUrl: string;
  readonly showsChecks: boolean;
  /** The organization that owns the App; absent: the account of who registers it. */
  readonly organization?: string;
  /** Without a slash at the end. */
  readonly serverUrl: string;
}

/** https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export function appManifest({ name, webhookUrl, serverUrl, showsChecks }: AppToRegister) {
  const { permissions, forChecks, forStatuses, events, eventsForChecks } = appNeeds;
  const asked = [...permissions, ...(showsChecks ? [forChecks, forStatuses] : [])];
  return {
    name,
    url: `${serverUrl}/apps/${slugOf(name)}`,
    hook_attributes: { url: webhookUrl, active: true },
    redirect_url: afterwards,
    public: false,
    default_permissions: Object.fromEntries(asked.map(({ permission, level }) => [permission, level])),
    default_events: [...events, ...(showsChecks ? eventsForChecks : [])],
  };
}

/** A page that asks GitHub for the App, for any browser: GitHub takes the manifest from a form alone. */
export function registrationPage(app: AppToRegister): string {
  return html`<!doctype html>
<meta charset="utf-8">
<title>Register ${app.name}</title>
${form(app)}
<p>GitHub asks for the App's name, and creates it. Then it leads to a page that does not open:
copy that page's address, which holds the code, and paste it where setup asks for it. It is good for an hour.</p>
`.text;
}

/** Its form as an address, to be pasted into the address bar of any browser. As short as it can be: a person copies it from a terminal. */
export const registrationAddress = (app: AppToRegister) =>
  `data:text/html,${form(app).text.replaceAll(/[%#]/g, encodeURIComponent)}`;

function form(app: AppToRegister): Html {
  const { serverUrl, organization, name } = app;
  const owner = organization === undefined ? '' : `organizations/${encodeURIComponent(organization)}/`;
  // In single quotes, since there are only double ones in JSON: each that is escaped is four characters more.
  const manifest = JSON.stringify(appManifest(app)).replaceAll(/[&'<]/g, (character) => html`${character}`.text);
  const input = new Html(`<input type=hidden name=manifest value='${manifest}'>`);
  return html`<form action="${serverUrl}/${owner}settings/apps/new" method=post>${input}<button>Register ${name} on GitHub</button></form>`;
}

const slugOf = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** The code, from the address to which GitHub led the browser, or by itself; undefined: there is none. */
export function codeIn(pasted: string): string | undefined {
  const text = pasted.trim();
  const code = URL.canParse(text) ? new URL(text).searchParams.get('code') : text.replace(/^.*[?&]?code=/, '');
  return code !== null && /^[A-Za-z0-9_-]{10,100}$/.test(code) ? code : undefined;
}
