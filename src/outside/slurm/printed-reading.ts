import type { JobReading, QueueEntry } from './slurm.ts';

// What Slurm's commands print, in Slurm's words: known in this folder alone.

export type PrintedEntry = Omit<QueueEntry, 'is'>;
export type PrintedJob = Omit<Extract<JobReading, { readonly kind: 'job' }>, 'is'>;
export type PrintedReading = Exclude<JobReading, { readonly kind: 'job' }> | PrintedJob;
