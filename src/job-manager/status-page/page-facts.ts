/** What the status page shows. Times are ISO 8601. Texts are plain, and may be public. */
export interface PageFacts extends PageNow {
  /** Newest first. */
  readonly endedJobs: readonly PageJob[];
  readonly deployments: readonly PageDeployment[];
}

/** What every interval knows without reading files of ended jobs. */
export interface PageNow {
  readonly instance: string;
  /** The newest first. */
  readonly jobs: readonly PageJob[];
  readonly daemons: readonly PageDaemon[];
  /** How many deliveries and orders wait. */
  readonly waiting: { readonly deliveries: number; readonly orders: number };
  readonly setAside: number;
  /** Troubles, a sentence each. */
  readonly troubles: readonly string[];
  /** The size of the ledger: it changes with each deployment. */
  readonly ledgerBytes: number;
}

export interface PageLink {
  readonly text: string;
  /** Absent: no link. */
  readonly url?: string;
}

export interface PageJob {
  /** Links to the job's comment. */
  readonly job: PageLink;
  readonly pullRequest: PageLink;
  /** `x86_64/amd/zen4, nvidia/cc80`; empty: not known. */
  readonly target: string;
  readonly repository: string;
  readonly state: string;
  readonly result: string;
  readonly since: string;
}

export interface PageDaemon {
  readonly kind: string;
  /** `runs`, `ended`, `died`, `was never started`. */
  readonly state: string;
  /** Absent: it was never started. */
  readonly since?: string;
}

export interface PageDeployment {
  readonly at: string;
  readonly artefact: string;
  readonly pullRequest: PageLink;
  readonly job: string;
  readonly by: string;
  readonly outcome: string;
  readonly commit: string;
}
