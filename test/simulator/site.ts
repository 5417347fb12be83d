import { readSettings } from '../../src/settings/read-settings.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { Site } from './history.ts';

export const workingDirectory = '/bot';

/** No draw of its own: histories stay as they are. */
export const hasSummary = ({ policy, accounting }: Site) => policy === 'once' && accounting;

export const hasChecks = ({ accounting }: Site) => accounting;

const appCfg = (site: Site) => `
[github]
app_id = 1
app_name = bot-a
installation_id = 12345678
private_key = /bot/key.pem

[bot_control]
command_permission = maintainer
chatlevel = chatty
summary = ${hasSummary(site)}
check_runs = ${hasChecks(site)}
command_response_fmt = Answer of {app_name}: {comment_response} {comment_result}

[buildenv]
build_job_script = /bot/scripts/bot-build.slurm
shared_fs_path = /shared
jobs_base_dir = /jobs
local_tmp = /tmp/bot
slurm_params = --time=1
submit_command = /usr/bin/sbatch
job_handover_protocol = ${site.handover}

[deploycfg]
artefact_upload_script = /bot/scripts/eessi-upload-to-staging
endpoint_url = https://store.test
bucket_name = bucket
upload_policy = ${site.policy}
deploy_permission = maintainer

[architecturetargets]
arch_target_map = { "linux/x86_64/amd/zen2": "-p zen2", "linux/x86_64/amd/zen4": "-p zen4" }

[repo_targets]
repo_target_map = { "linux/x86_64/amd/zen2": ["R1"], "linux/x86_64/amd/zen4": ["R1"] }
repos_cfg_dir = /bot

[event_handler]
log_path = /bot/event_handler.log

[job_manager]
log_path = /bot/job_manager.log
job_ids_dir = /jobs/ids
poll_command = /usr/bin/squeue
poll_interval = 60
scontrol_command = /usr/bin/scontrol

[clean_up]
trash_bin_dir = /trash
`;

const reposCfg = `[R1]
repo_name = r.example.org
repo_version = 1
container = docker://image
`;

const known = new Map<string, Settings>();

/** The settings of a site, read as the daemons read them. */
export function settingsOf(site: Site): Settings {
  const text = appCfg(site);
  const before = known.get(text);
  if (before !== undefined) return before;
  const reading = readSettings({
    appCfg: { path: 'app.cfg', text },
    readReposCfg: () => ({ path: '/bot/repos.cfg', text: reposCfg }),
    environment: { HOME: '/home/bot', USER: 'bot' },
    workingDirectory,
  });
  if (reading.kind !== 'settings') throw new Error(JSON.stringify(reading.problems, null, 2));
  known.set(text, reading.settings);
  return reading.settings;
}
