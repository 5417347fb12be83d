import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { troubleSayings } from '../../src/daemon/troubles.ts';
import { type MetricDefinition, metricDefinitions } from '../../src/metrics/metric-definitions.ts';

const docs = join(import.meta.dirname, '../../docs');

const introduction = `# Monitoring

Whether the bot works, and why not: for people, for cron, for Nagios, for Prometheus. All of it is read from the same facts; none of it needs a request to GitHub or Slurm.

## Without Prometheus

| ask | for |
| --- | --- |
| \`./bot.sh status\` | one screen, with the reasons; exit status 1: something needs a human |
| \`curl http://127.0.0.1:3000/healthz\` | 200 and \`ok\`, or 503 and a line for each thing that is wrong: which daemon, which [kind](#kinds-of-trouble), how often, since when, the last words. With \`Accept: application/json\` the JSON of \`/health\` |
| \`status_page\` in \`app.cfg\` | the same as a page, for people without an account |

From cron, which sends a mail where something is printed:

    */5 * * * * curl -sS -m 20 http://127.0.0.1:3000/healthz | grep -vx ok

For Nagios and its relatives:

    check_http -H 127.0.0.1 -p 3000 -u /healthz -e 200

Where \`--pull\` opens no port, and for the job manager, \`/healthz\` is answered on the port of the metrics.

## Prometheus

In \`app.cfg\`; nothing listens before it is set, so two bots on one login node are in nobody's way:

    [event_handler]
    metrics_port = 9464

    [job_manager]
    metrics_port = 9465

It counts at once, without a restart. For Prometheus:

    scrape_configs:
      - job_name: build-bot-event-handler
        static_configs: [{ targets: ['127.0.0.1:9464'], labels: { bot: 'my-bot' } }]
      - job_name: build-bot-job-manager
        static_configs: [{ targets: ['127.0.0.1:9465'], labels: { bot: 'my-bot' } }]
    rule_files: [alerts.yml]

**Who can read it.** The port is one of its own, and not that of GitHub's deliveries: a reverse proxy or a relay client in front of that one connects from this machine, as Prometheus does, so its address would tell nothing. It listens on 127.0.0.1, which every account of the login node can reach; \`metrics_address\` opens it to others, so put a firewall before it then.
There is no secret and no name of a repository, a pull request or a person in it: counts, durations, times. Where the port is taken the daemon goes on, and says so as trouble of the kind \`metrics\`.

**What it costs.** Counting is an addition in memory. What lies on the disk (what waits, what was set aside, leases) is read while somebody asks, every 15 s at most; where the file server does not answer, the last reading is told, with its time. Jobs are told from what the watch holds anyway.
From the first reading on the process is measured, too; an idle daemon then uses 0.2 % of a core. The format is Prometheus' own text (0.0.4).

## The metrics

The last column says which daemon tells it. Besides there are \`process_…\` and \`nodejs_…\`: memory, CPU, file descriptors, event loop of the daemon.

`;

const afterMetrics = `
## Kinds of trouble

The label \`kind\` of \`build_bot_failures_total\` and \`build_bot_trouble_since_timestamp_seconds\`, and in \`/healthz\`, \`/health\` and \`./bot.sh status\`:

`;

const beforeAlerts = `
\`/healthz\` and \`/health\` have two more: \`life\`, a daemon does not run, or runs and has reported nothing for ten minutes (or ten intervals); \`comparison\`, none with GitHub's list has come to its end for a quarter of an hour.

## Alerts

[monitoring/alerts.yml](monitoring/alerts.yml) is a file for \`rule_files\`; each rule of it was tried with \`promtool test rules\`.

`;

const dashboard = `
## Dashboard

[monitoring/dashboard.json](monitoring/dashboard.json) is for Grafana (*Dashboards*, *New*, *Import*): health at the top, then jobs, commands, deliveries, requests to GitHub and what is left of its budget, Slurm, uploads, the processes.

This page is written by \`node test/docs/write-monitoring.ts\` from the definitions of the metrics and the alert rules; \`npm run check\` fails if it is out of date.
`;

/** The text of docs/monitoring.md; run as a program, this file writes it. */
export async function monitoringPage(): Promise<string> {
  return [
    introduction,
    table(['metric', 'type', 'tells', 'labels', 'of'], Object.entries(metricDefinitions).map(metricRow)),
    afterMetrics,
    table(
      ['kind', 'means'],
      Object.entries(troubleSayings).map(([kind, words]) => [`\`${kind}\``, words]),
    ),
    beforeAlerts,
    table(['alert', 'when', 'what to do'], await alertRows()),
    dashboard,
  ].join('');
}

function metricRow([name, { type, help, labels, of }]: [string, MetricDefinition]): string[] {
  const told = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`);
  return [`\`${name}\``, type, help, told.join('; '), of.length > 1 ? 'both' : of.join('')];
}

async function alertRows(): Promise<string[][]> {
  const rules = await readFile(join(docs, 'monitoring/alerts.yml'), 'utf8');
  return rules
    .split(/^ +- alert: /m)
    .slice(1)
    .map((rule) => {
      const [name = ''] = rule.split('\n');
      const field = (key: string) => (new RegExp(`^ +${key}: (.*)$`, 'm').exec(rule)?.[1] ?? '').trim();
      const words = field('summary').replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '*$1*');
      return [`\`${name}\``, words, field('description').replaceAll('NAME', '`NAME`')];
    });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`;
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(join(docs, 'monitoring.md'), await monitoringPage());
}
