import type { Settings } from './settings/settings.ts';

/** May this account send commands? Nobody may where nobody is listed. */
export function mayCommand(login: string, settings: Pick<Settings, 'control'>): boolean {
  return isListed(login, settings.control.commandPermission);
}

/** May this account, which may send commands, have jobs built? */
export function mayBuild(login: string, settings: Pick<Settings, 'build'>): boolean {
  const { permission } = settings.build;
  return permission === 'everyone' || isListed(login, permission);
}

/** May this account have artefacts deployed by setting the label? */
export function mayDeploy(login: string, settings: Pick<Settings, 'deploy'>): boolean {
  return isListed(login, settings.deploy.permission);
}

// As GitHub does, logins are compared in any case.
function isListed(login: string, logins: readonly string[]): boolean {
  return logins.some((listed) => listed.toLowerCase() === login.toLowerCase());
}
