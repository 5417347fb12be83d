import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const repository = 'EESSI/software-layer';
export const bucket = 'demo-staging';
export const repositoryId = 'eessi.io-2023.06';
/** Who may command, build and deploy. */
export const developer = 'alice';
/** Who may nothing. */
export const visitor = 'mallory';
const pollIntervalSeconds = 2;

export interface SlurmCommands {
  readonly sbatch: string;
  readonly squeue: string;
  readonly scontrol: string;
}

interface SiteFacts {
  readonly directory: string;
  readonly slurm: SlurmCommands;
  readonly jobName: string;
  readonly endpointUrl: string;
  readonly privateKeyPem: string;
  readonly app: { readonly id: number; readonly installationId: number };
}

const root = join(import.meta.dirname, '..');

/** What an admin writes: app.cfg, repos.cfg, the App's key. */
export async function writeSiteFiles(facts: SiteFacts): Promise<void> {
  const { directory, privateKeyPem } = facts;
  for (const name of ['jobs', 'shared', 'trash', 'cfg', 'tmp']) await mkdir(join(directory, name));
  await writeFile(join(directory, 'key.pem'), privateKeyPem, { mode: 0o600 });
  await writeFile(join(directory, 'cfg/repos.cfg'), reposCfg);
  await writeFile(join(directory, 'app.cfg'), appCfg(facts));
}

const reposCfg = `[${repositoryId}]
repo_name = software.eessi.io
repo_version = 2023.06
container = docker://ghcr.io/eessi/build-node:debian11
`;

const nodeTypes = {
  cpu_zen2: { os: 'linux', cpu_subdir: 'x86_64/amd/zen2', slurm_params: '--ntasks=1', repo_targets: [repositoryId] },
  cpu_zen4: { os: 'linux', cpu_subdir: 'x86_64/amd/zen4', slurm_params: '--ntasks=1', repo_targets: [repositoryId] },
  gpu_a100: {
    os: 'linux',
    cpu_subdir: 'x86_64/amd/zen3',
    slurm_params: '--ntasks=1',
    repo_targets: [repositoryId],
    accel: 'nvidia/cc80',
  },
};

/** The least that a site needs; every other text is the default. Chatty, since the demo is there to show what the bot says. */
function appCfg({ directory, slurm, jobName, endpointUrl, app }: SiteFacts): string {
  const value = (text: string) => text.replaceAll('%', '%%');
  const path = (name: string) => value(join(directory, name));
  const words = (text: string) => value(`'${text.replaceAll("'", `'\\''`)}'`);
  return `[github]
app_id = ${app.id}
app_name = demo
installation_id = ${app.installationId}
private_key = ${path('key.pem')}

[bot_control]
command_permission = ${developer}
chatlevel = chatty
summary = true
check_runs = true

[buildenv]
build_job_script = ${value(join(root, 'scripts/bot-build.slurm'))}
shared_fs_path = ${path('shared')}
job_name = ${jobName}
jobs_base_dir = ${path('jobs')}
local_tmp = ${path('tmp')}
submit_command = ${words(slurm.sbatch)}
job_handover_protocol = hold_release
build_permission = ${developer}
clone_git_repo_via = https

[deploycfg]
artefact_upload_script = ${words(join(root, 'scripts/eessi-upload-to-staging'))}
endpoint_url = ${endpointUrl}
bucket_name = ${bucket}
upload_policy = latest
deploy_permission = ${developer}
metadata_prefix = new/\${github_repository}/\${pull_request_number}
artefact_prefix = new/\${github_repository}/\${pull_request_number}

[architecturetargets]
node_type_map = ${value(JSON.stringify(nodeTypes, null, 2)).replaceAll('\n', '\n    ')}

[repo_targets]
repos_cfg_dir = ${path('cfg')}

[event_handler]
log_path = ${path('event_handler.log')}

[job_manager]
log_path = ${path('job_manager.log')}
job_ids_dir = ${path('jobs/ids')}
poll_command = ${words(slurm.squeue)}
poll_interval = ${pollIntervalSeconds}
scontrol_command = ${words(slurm.scontrol)}
status_page = ${path('status.html')}

[clean_up]
trash_bin_dir = ${path('trash')}
`;
}
