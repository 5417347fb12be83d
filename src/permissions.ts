import type { Settings } from './settings/settings.ts';

/** A GitHub account, as a signed delivery tells it. */
export interface Account {
  /** Can be changed by its owner; somebody else can have it then. */
  readonly login: string;
  /** For ever the same account's. */
  readonly id?: number;
}

/** May this account send commands? If nobody is listed, nobody may. */
export function mayCommand(account: Account, settings: Pick<Settings, 'control'>): boolean {
  return isListed(account, settings.control.commandPermission);
}

/** May this account, which may send commands, have jobs built? */
export function mayBuild(account: Account, settings: Pick<Settings, 'build'>): boolean {
  const { permission } = settings.build;
  return permission === 'everyone' || isListed(account, permission);
}

/** May this account have artefacts deployed by setting the label? */
export function mayDeploy(account: Account, settings: Pick<Settings, 'deploy'>): boolean {
  return isListed(account, settings.deploy.permission);
}

/** Whether it is one and the same account: by its number, where both are known. */
export function isSameAccount(one: Account, other: Account): boolean {
  if (one.id !== undefined && other.id !== undefined) return one.id === other.id;
  return one.login.toLowerCase() === other.login.toLowerCase();
}

/** `login`, or `login:id`: then both have to match, so that somebody who takes over an abandoned login gets no permission. */
function isListed({ login, id }: Account, entries: readonly string[]): boolean {
  return entries.some((entry) => {
    const [listed = '', listedId] = entry.split(':');
    // As GitHub does, logins are compared in any case.
    return listed.toLowerCase() === login.toLowerCase() && (listedId === undefined || Number(listedId) === id);
  });
}
