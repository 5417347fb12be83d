import { dirname, join } from 'node:path';
import type { Values } from './fill-in-example.ts';
import type { ProposedNodeType } from './propose-node-types.ts';
import type { Answers } from './questions.ts';

export interface SiteFacts {
  readonly answers: Answers;
  readonly app: {
    readonly id: number;
    /** As GitHub knows it: its page lets people choose another one than they have answered. */
    readonly name?: string;
    readonly slug: string;
    readonly installationId: number;
    readonly keyPath: string;
  };
  /** The directory of this program. */
  readonly root: string;
  /** That of app.cfg. */
  readonly directory: string;
  readonly nodeTypes: Readonly<Record<string, ProposedNodeType>>;
  /** Where each of Slurm's commands is, by its name; those that were not found are absent. */
  readonly programs: Readonly<Record<string, string>>;
}

/** Directories that the site needs, besides those for files of its own. */
export const directoriesOf = ({ jobs, shared }: Answers) => ({
  jobs,
  ids: join(jobs, 'ids'),
  trash: join(dirname(jobs), 'trash_bin'),
  containers: join(shared, 'containers'),
  bundles: join(shared, 'cfg_bundles'),
});

/** One word, which filters compare with. */
const instanceName = (answered: string, { name = answered, slug }: SiteFacts['app']) =>
  /^[\w-]+$/.test(name) ? name : slug;

/** What takes the place of the capital letters in app.cfg.example. */
export function siteValues({ answers, app, root, directory, nodeTypes, programs }: SiteFacts): Values {
  const { permission, shared, endpoint, bucket, checks } = answers;
  const name = instanceName(answers.name, app);
  const { jobs, ids, trash, containers, bundles } = directoriesOf(answers);
  const slurm = (command: string) => programs[command] ?? `/usr/bin/${command}`;
  return {
    'github.app_id': String(app.id),
    'github.app_name': name,
    'github.installation_id': String(app.installationId),
    'github.private_key': app.keyPath,
    'bot_control.command_permission': permission,
    ...(checks === 'yes' && { 'bot_control.check_runs': 'true' }),
    'buildenv.build_job_script': join(root, 'scripts/bot-build.slurm'),
    'buildenv.shared_fs_path': shared,
    'buildenv.build_logs_dir': '',
    'buildenv.container_cachedir': containers,
    'buildenv.job_name': name,
    'buildenv.jobs_base_dir': jobs,
    'buildenv.submit_command': slurm('sbatch'),
    'buildenv.build_permission': permission,
    'deploycfg.artefact_upload_script': join(root, 'scripts/eessi-upload-to-staging'),
    'deploycfg.endpoint_url': endpoint,
    'deploycfg.bucket_name': bucket,
    'deploycfg.deploy_permission': permission,
    'architecturetargets.node_type_map': JSON.stringify(nodeTypes, null, 4),
    'repo_targets.repos_cfg_dir': bundles,
    'event_handler.log_path': join(directory, 'event_handler.log'),
    'job_manager.log_path': join(directory, 'job_manager.log'),
    'job_manager.job_ids_dir': ids,
    'job_manager.poll_command': slurm('squeue'),
    'job_manager.scontrol_command': slurm('scontrol'),
    'clean_up.trash_bin_dir': trash,
  };
}

/** repos.cfg.example without the bundle, which does not come with the bot: the container knows the repository by itself. */
export const reposWithoutBundles = (example: string) => example.replaceAll(/^(config_bundle|config_map) =/gm, '# $1 =');
