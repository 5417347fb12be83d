import type { DeliveryEntry, SentDelivery } from './forge.ts';

/** What the forge knows of the App and of its installations, for `doctor`. Each request fails as those of the forge do. */
export interface AppView {
  readApp(): Promise<SeenApp>;
  /** `gone`: the App has no such installation. */
  readInstallation(id: number): Promise<SeenInstallation | 'gone'>;
  /** Some installations of the App. */
  listInstallations(): Promise<readonly { readonly id: number; readonly account: string }[]>;
  /** The first repositories that an installation gives access to, and how many there are. */
  listRepositories(id: number): Promise<{ readonly total: number; readonly names: readonly string[] }>;
  readHook(): Promise<SeenHook>;
  /** The newest, newest first. */
  listDeliveries(): Promise<readonly SeenDelivery[]>;
  readDelivery(id: string): Promise<SentDelivery | 'gone'>;
  /** Has the forge redeliver it; the outcome becomes another entry of its list. */
  redeliver(id: string): Promise<void>;
  /** How far this machine's clock is ahead of the forge's; undefined until that has answered. */
  aheadSeconds(): number | undefined;
}

/** `read` or `write` by the name of what may be read or written. */
export type Permissions = Readonly<Record<string, string>>;

export interface SeenApp {
  readonly slug: string;
  /** Where an owner changes it. */
  readonly page: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
}

export interface SeenInstallation {
  readonly account: string;
  readonly page: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly isSuspended: boolean;
}

export interface SeenHook {
  /** Empty: there is none. */
  readonly url: string;
  /** `json` or `form`. */
  readonly contentType: string;
  readonly hasSecret: boolean;
  readonly verifiesCertificate: boolean;
}

export interface SeenDelivery extends DeliveryEntry {
  /** `the webhook`: sent to try it, when it was set up. */
  readonly about: 'comment' | 'pull request' | 'the webhook' | 'other';
  readonly statusCode: number;
  readonly status: string;
  readonly seconds: number;
}
