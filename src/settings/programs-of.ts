import { isDeepStrictEqual } from 'node:util';
import { mapOf } from './reading.ts';
import type { Settings } from './settings.ts';

// Programs stay as they were at the start: who can write app.cfg while the daemons run, such as a job that shares their home, must not
// choose what runs beside the App's key.

/** A setting that names a program to run here, and how the first value is kept in force. */
interface ProgramSetting {
  /** Absent: a key of repos.cfg. */
  readonly section?: string;
  readonly key: string;
  /** Undefined: it starts nothing. */
  readonly of: (settings: Settings) => unknown;
  readonly keep: (edited: Settings, started: Settings) => Settings;
}

const programSettings: readonly ProgramSetting[] = [
  {
    section: 'buildenv',
    key: 'submit_command',
    of: ({ build }) => build.submit,
    keep: (edited, { build: { submit } }) => ({ ...edited, build: { ...edited.build, submit } }),
  },
  {
    section: 'buildenv',
    key: 'cancel_command',
    of: ({ build }) => build.cancel,
    keep: keepCancel,
  },
  {
    section: 'buildenv',
    key: 'allow_update_submit_opts',
    // Switching it off is never less safe: that counts at once.
    of: ({ build }) => build.allowUpdateSubmitOpts || undefined,
    keep: (edited) => ({ ...edited, build: { ...edited.build, allowUpdateSubmitOpts: false } }),
  },
  {
    section: 'deploycfg',
    key: 'artefact_upload_script',
    of: ({ deploy }) => deploy.script,
    keep: keepUploadScript,
  },
  {
    section: 'deploycfg',
    key: 'signing',
    of: ({ deploy }) => (Object.keys(deploy.signing).length === 0 ? undefined : deploy.signing),
    keep: (edited, { deploy: { signing } }) => ({ ...edited, deploy: { ...edited.deploy, signing } }),
  },
  {
    section: 'job_manager',
    key: 'poll_command',
    of: ({ jobManager }) => jobManager.poll,
    keep: (edited, { jobManager: { poll } }) => ({ ...edited, jobManager: { ...edited.jobManager, poll } }),
  },
  {
    section: 'job_manager',
    key: 'scontrol_command',
    of: ({ jobManager }) => jobManager.scontrol,
    keep: (edited, { jobManager: { scontrol } }) => ({ ...edited, jobManager: { ...edited.jobManager, scontrol } }),
  },
  {
    key: 'container',
    // With a container_runtime the upload runs in the image, where it sees the store's key and the passphrase.
    of: imagesOfUploads,
    keep: keepImages,
  },
];

/** The place of an edited setting. */
type KeptSetting = Pick<ProgramSetting, 'section' | 'key'>;

/** The edited settings with the programs of the start, and which of these were edited. Only removing a program does not count. */
export function keepPrograms(
  edited: Settings,
  started: Settings,
): { settings: Settings; kept: readonly KeptSetting[] } {
  const kept: KeptSetting[] = [];
  let settings = edited;
  for (const { of, keep, ...where } of programSettings) {
    if (of(settings) === undefined || isDeepStrictEqual(of(settings), of(started))) continue;
    settings = keep(settings, started);
    kept.push(where);
  }
  return { settings, kept };
}

function keepCancel(edited: Settings, { build: { cancel } }: Settings): Settings {
  const { cancel: _, ...build } = edited.build;
  return { ...edited, build: cancel === undefined ? build : { ...build, cancel } };
}

/** A daemon that was started without one uploads nothing until its restart. */
function keepUploadScript(edited: Settings, { deploy: { script } }: Settings): Settings {
  const { script: _, ...deploy } = edited.deploy;
  return { ...edited, deploy: script === undefined ? { ...deploy, policy: 'none' } : { ...deploy, script } };
}

/** Repository id -> image, of those whose upload runs in it. */
function imagesOfUploads({ deploy, repositories }: Settings): Readonly<Record<string, string>> | undefined {
  const ids = Object.keys(deploy.signing).filter((id) => deploy.signing[id]?.containerRuntime !== undefined);
  const images = ids.flatMap((id) => {
    const container = Object.hasOwn(repositories.sections, id) ? repositories.sections[id]?.container : undefined;
    return container === undefined ? [] : [[id, container] as const];
  });
  return images.length === 0 ? undefined : mapOf(images);
}

function keepImages(edited: Settings, started: Settings): Settings {
  const before = imagesOfUploads(started) ?? {};
  const sections = Object.entries(edited.repositories.sections).map(([id, section]) => {
    const container = Object.hasOwn(before, id) ? before[id] : undefined;
    return [id, container === undefined ? section : { ...section, container }] as const;
  });
  return { ...edited, repositories: { ...edited.repositories, sections: mapOf(sections) } };
}
