/** What was measured once, beside its aim and its physical limit in the same run. */
export interface Figure {
  /** The part of the measurements: what `--only` names. */
  readonly part: string;
  readonly what: string;
  readonly unit: 'ms' | 's' | 'MB' | 'MB/s' | 'times' | '';
  readonly measured: number;
  readonly aim?: Aim;
  /** What the machine does alone, without the bot. */
  readonly limit?: { readonly what: string; readonly value: number };
}

export type Aim =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  /** A multiple of the limit. */
  | { readonly atMostLimits: number }
  | { readonly atLeastLimits: number };

/** Whether the aim is met; undefined: there is none. */
export function isMet({ measured, aim, limit }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  if ('atMost' in aim) return measured <= aim.atMost;
  if ('atLeast' in aim) return measured >= aim.atLeast;
  if (limit === undefined) return undefined;
  return 'atMostLimits' in aim
    ? measured <= aim.atMostLimits * limit.value
    : measured >= aim.atLeastLimits * limit.value;
}

/** What is drawn: how a figure grows with what there is. */
export interface Growth {
  readonly over: string;
  readonly what: string;
  readonly unit: Figure['unit'];
  readonly points: readonly (readonly [number, number])[];
}

/** What a part of the measurements gives. */
export interface Measured {
  readonly figures: readonly Figure[];
  readonly growth?: readonly Growth[];
}
