import type { ChatLevel } from './chat-levels.ts';

/** What a generation of app.cfg means where others mean something else. */
export interface Dialect {
  /** A line that is a command; group 1 is what stands behind `bot:`. */
  readonly commandLine: RegExp;
  /** `build` takes `for:` and `on:`, `status` takes `last_build`. */
  readonly hasFor: boolean;
  /** The help describes `exportvariable:`. */
  readonly hasExports: boolean;
  /** `node_type_map` says where jobs can be built, and each node type has its name in answers and in job.cfg. Else `arch_target_map` does. */
  readonly hasNodeTypes: boolean;
  /** The field of a node type that filters, comments and det_submit_opts call its architecture. */
  readonly architecture: 'cpuSubdir' | 'name';
  /** Words of `scontrol_command` may hold `%(jobid)s`; else `%` means itself. */
  readonly scontrolIsFilledIn: boolean;
  /** `build_job_script` may be `PATH@GIT_REPO`. */
  readonly scriptMayBeCloned: boolean;
  /** The job script sets up the site's environment; else it leaves TMPDIR and all else as it is. */
  readonly setsUpSite: boolean;
  /** The upload script knows `--bot-instance`, `--sign-key` and `--sign-script`. */
  readonly signsUploads: boolean;
  /** `chatlevel` where it is absent. */
  readonly chatLevel: ChatLevel;
  /** The settings whose lines make the first comment of a job, and their own placeholders. */
  readonly firstComment: {
    readonly lines: readonly (
      | 'new_job_instance_repo'
      | 'build_on_arch'
      | 'build_for_arch'
      | 'jobdir'
      | 'initial_comment'
    )[];
    readonly placeholders: readonly string[];
  };
  /** Placeholders of `awaits_launch`. */
  readonly awaitsLaunch: readonly string[];
}

const of7and8: Dialect = {
  commandLine: /^bot:\s(.*)$/,
  hasFor: false,
  hasExports: true,
  hasNodeTypes: false,
  architecture: 'name',
  scontrolIsFilledIn: false,
  scriptMayBeCloned: true,
  setsUpSite: true,
  signsUploads: true,
  chatLevel: 'basic',
  firstComment: { lines: ['initial_comment'], placeholders: ['arch_name', 'accelerator_spec'] },
  awaitsLaunch: ['extra_info'],
};

/** By the Python bot's version whose app.cfg it is: 0.6, 0.7 and 0.8, from 0.9 on. */
export const dialects = {
  '6': {
    ...of7and8,
    hasExports: false,
    scriptMayBeCloned: false,
    setsUpSite: false,
    signsUploads: false,
    // It knew no levels and posted everything.
    chatLevel: 'chatty',
    awaitsLaunch: [],
  },
  '7-8': of7and8,
  '9': {
    ...of7and8,
    commandLine: /^bot:(.*)$/,
    hasFor: true,
    hasNodeTypes: true,
    architecture: 'cpuSubdir',
    scontrolIsFilledIn: true,
    firstComment: {
      lines: ['new_job_instance_repo', 'build_on_arch', 'build_for_arch', 'jobdir'],
      placeholders: ['on_arch', 'for_arch', 'on_accelerator', 'for_accelerator'],
    },
  },
} satisfies Readonly<Record<string, Dialect>>;
