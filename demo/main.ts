import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { startPage } from './page/start-page.ts';
import { play } from './play.ts';
import { askMachineSlurm, type Site, startSite } from './site.ts';
import { newStoryteller, type Storyteller } from './storyteller.ts';
import { tellChanges } from './tell-changes.ts';
import { type Watch, watchSite } from './watch-site.ts';

interface Options {
  readonly once: boolean;
  readonly slurm: boolean;
  readonly keep: boolean;
}

const openWithinMilliseconds = 10_000;

/** Starts everything, plays, and stays until Ctrl-C, unless `--once`; the exit status. */
async function main(options: Options, stopped: Promise<'stopped'>): Promise<number> {
  if (options.slurm) {
    const why = await askMachineSlurm();
    if (why !== undefined) {
      console.error(
        `error: there is no Slurm on this machine that answers (${why}); without --slurm the demo brings its own.`,
      );
      return 2;
    }
  }
  console.log('Starting a small GitHub, an S3 server, and the two daemons of the bot …');
  const site = await startSite(options.slurm ? 'machine' : 'stand-in', options);
  const storyteller = newStoryteller(console.log);
  const watch = watchSite(site);
  watch.onChange((before, after) => {
    for (const sentence of tellChanges(before, after)) storyteller.tell('event', sentence);
  });
  for (const daemon of site.daemons) daemon.onEnd((sentence) => storyteller.tell('event', sentence));
  const page = await startPage({ watch, storyteller, github: site.github });
  const broken = Promise.race([
    ...site.daemons.map((daemon) => daemon.ended),
    watch.ended.then(() => new Promise<never>(() => {})),
  ]);
  try {
    console.log(
      `${options.slurm ? 'Jobs run in the Slurm of this machine' : 'Jobs run in a small Slurm'}; all files are in ${site.directory}.`,
    );
    console.log(`The page with the pull request: ${page.address}`);
    console.log(`What its admin types, in another shell: ${site.adminCommand('status')}`);
    console.log(`The status page of the bot: ${pathToFileURL(join(site.directory, 'status.html'))}`);
    if (!options.once) {
      console.log('Open it now: the play begins as soon as you do, or in 10 seconds. Ctrl-C ends the demo.');
      await Promise.race([page.opened, pause(openWithinMilliseconds), stopped]);
    }
    const status = await playAll(site, watch, storyteller, stopped, broken);
    if (options.once || status === 'stopped') return status === 'played' || status === 'stopped' ? 0 : 1;
    if (status === 'played')
      storyteller.tell(
        'headline',
        `Now it is your turn, on ${page.address}: comment, push, set the label, close; or kill a daemon (${site.daemons.map(({ name, pid }) => `kill -9 ${pid}: the ${name}`).join('; ')}). Ctrl-C ends the demo.`,
      );
    const end = await Promise.race([stopped, broken]);
    if (end !== 'stopped') storyteller.tell('problem', end);
    return end === 'stopped' && status === 'played' ? 0 : 1;
  } finally {
    console.log('\nStopping the daemons and all that was started …');
    await page.close();
    await watch.stop();
    await site.stop();
    if (options.keep) console.log(`Kept: ${site.directory}`);
  }
}

async function playAll(
  site: Site,
  watch: Watch,
  { tell }: Storyteller,
  stopped: Promise<'stopped'>,
  broken: Promise<string>,
): Promise<'played' | 'failed' | 'stopped'> {
  const played = play(site.github, watch, (headline) => tell('headline', headline)).then(
    () => 'played' as const,
    (error: Error) => error.message,
  );
  const outcome = await Promise.race([played, stopped, broken]);
  if (outcome === 'played' || outcome === 'stopped') return outcome;
  tell('problem', outcome);
  for (const { name, lines } of site.daemons)
    if (lines.length > 0) console.log(`\nThe ${name} said:\n${lines.slice(-20).join('\n')}`);
  return 'failed';
}

function stopSignal(): Promise<'stopped'> {
  return new Promise((resolve) => {
    // npm passes Ctrl-C on to us, too: it may come twice, and stopping twice is no use.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('stopped'));
    // `| head`: who reads has gone, and the daemons must not stay.
    process.stdout.on('error', () => resolve('stopped'));
  });
}

const program = new Command('npm run demo --')
  .description('Plays the life of a pull request on this machine, with the real daemons, and shows it on a page.')
  .option('--once', 'play, then end: 0 if everything happened', false)
  .option('--slurm', 'submit to the Slurm of this machine (squeue in PATH, SLURM_CONF as set)', false)
  .option('--keep', 'leave all files where they are at the end', false)
  .showHelpAfterError('Help: npm run demo -- --help');
program.parse();
const status = await main(program.opts<Options>(), stopSignal()).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  return 1;
});
process.exit(status);
