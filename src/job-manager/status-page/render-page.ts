import { createHash } from 'node:crypto';
import { counted } from '../../counted.ts';
import { Html, html } from '../../daemon/html.ts';
import type { PageDaemon, PageDeployment, PageFacts, PageJob, PageLink } from './page-facts.ts';

/** The page is rewritten at least this often. */
export const refreshMilliseconds = 300_000;
const reloadSeconds = 60;

const style = new Html(`
:root { color-scheme: light dark; --line: #d0d7de; --quiet: #59636e; --bad: #b42318; --good: #1a7f37; --back: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3d444d; --quiet: #9198a1; --bad: #ff7b72; --good: #3fb950; --back: #151b23; }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; } .quiet { color: var(--quiet); } .bad { color: var(--bad); } .good { color: var(--good); }
#old { border: 1px solid var(--bad); padding: .5rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { background: var(--back); white-space: nowrap; } time { white-space: nowrap; }
@media (max-width: 45rem) {
  thead { display: none; } table, tbody, tr, td { display: block; } tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { border: 0; padding: .1rem 0; } td:empty { display: none; }
  td::before { content: attr(data-label) ": "; color: var(--quiet); }
}
`);

/** Warns if the page is old: a stale page would look healthy. */
const script = new Html(`
const written = new Date(document.querySelector('#written').dateTime);
const tell = () => {
  const minutes = Math.floor((Date.now() - written) / 60000);
  document.querySelector('#old').hidden = minutes < ${(3 * refreshMilliseconds) / 60_000};
  document.querySelector('#minutes').textContent = minutes;
};
tell();
setInterval(tell, 30000);
`);

const hashOf = ({ text }: Html) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}`;

/** The whole status page. It needs no other file, and shows only what is in `facts`. */
export function renderPage(facts: PageFacts, writtenAt: Date): string {
  const { instance, jobs, endedJobs, deployments, troubles, setAside } = facts;
  const isWell = troubles.length === 0 && setAside === 0 && facts.daemons.every(({ state }) => state === 'runs');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta http-equiv="refresh" content="${reloadSeconds}">
<meta name="referrer" content="no-referrer">
<title>${isWell ? '' : '⚠ '}${instance}: ${counted(jobs.length, 'job')}</title>
<style>${style}</style>
</head>
<body>
<h1>${instance}</h1>
<p class="quiet">As of ${time(writtenAt.toISOString(), 'written')}</p>
<p id="old" class="bad" hidden>This page is <span id="minutes"></span> minutes old: the job manager does not run, or cannot write it.</p>
<p>${facts.daemons.map(daemon)}</p>
<p>Deliveries that wait: ${facts.waiting.deliveries}; orders that wait: ${facts.waiting.orders}.</p>
${isWell ? html`<p class="good">Nothing goes wrong.</p>` : trouble(facts)}
<h2>Jobs in the queue</h2>
${jobTable(jobs, 'No job waits or runs.')}
<h2>Jobs that have ended</h2>
${jobTable(endedJobs, 'None has ended yet.')}
<h2>Deployments</h2>
${deploymentTable(deployments)}
<script>${script}</script>
</body>
</html>
`;
  return page.text;
}

function daemon({ kind, state, since }: PageDaemon): Html {
  const when = since === undefined ? html`` : html` since ${time(since)}`;
  return html`<span class="${state === 'runs' ? 'good' : 'bad'}">The ${kind} ${state}${when}.</span>`;
}

function trouble({ troubles, setAside }: PageFacts): Html {
  const listed = troubles.map((each) => html`<li>${each}</li>`);
  const left =
    setAside === 0 ? html`` : html`<li>${setAside} set aside: the admin finds the reasons with ./bot.sh status</li>`;
  return html`<h2>Trouble</h2><ul class="bad">${[...listed, left]}</ul>`;
}

function jobTable(jobs: readonly PageJob[], none: string): Html {
  const heads = ['Job', 'Pull request', 'For', 'Repository', 'State', 'Result', 'Since'];
  const rows = jobs.map(({ job, pullRequest, target, repository, state, result, since }) => [
    link(job),
    link(pullRequest),
    html`${target}`,
    html`${repository}`,
    html`${state}`,
    html`${result}`,
    since === '' ? html`` : time(since),
  ]);
  return table(heads, rows, none);
}

function deploymentTable(deployments: readonly PageDeployment[]): Html {
  const heads = ['Artefact', 'Outcome', 'Pull request', 'Job', 'Commit', 'By', 'At'];
  const rows = deployments.map(({ artefact, outcome, pullRequest, job, commit, by, at }) => [
    html`${artefact}`,
    html`<span class="${outcome === 'uploaded' ? 'good' : 'bad'}">${outcome}</span>`,
    link(pullRequest),
    html`${job}`,
    html`${commit}`,
    html`${by}`,
    time(at),
  ]);
  return table(heads, rows, 'None yet.');
}

function table(heads: readonly string[], rows: readonly (readonly Html[])[], none: string): Html {
  if (rows.length === 0) return html`<p class="quiet">${none}</p>`;
  const head = heads.map((name) => html`<th scope="col">${name}</th>`);
  const body = rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, column) => html`<td data-label="${heads[column] ?? ''}">${cell}</td>`)}</tr>`,
  );
  return html`<table><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table>`;
}

/** Only web addresses become links. */
function link({ text, url }: PageLink): Html {
  return url !== undefined && /^https?:\/\//.test(url) ? html`<a href="${url}">${text}</a>` : html`${text}`;
}

function time(iso: string, id = ''): Html {
  const shown = `${iso.slice(0, 16).replace('T', ' ')} UTC`;
  return id === ''
    ? html`<time datetime="${iso}">${shown}</time>`
    : html`<time id="${id}" datetime="${iso}">${shown}</time>`;
}
