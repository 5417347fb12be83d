import type { MetricDefinition } from './metric-definitions.ts';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  /** Of a histogram: the sum of what was observed. */
  value: number;
  /** Of a histogram: how many observations are in each bucket alone; the last has no bound. */
  readonly counts: number[];
}

/** A metric in the form of prom-client's `getMetricsAsJSON()`. */
interface MetricReading extends Pick<MetricDefinition, 'type' | 'help'> {
  readonly name: string;
  readonly values: readonly { readonly metricName?: string; readonly labels: Labels; readonly value: number }[];
  /** Of several values with the same labels, which there are not. */
  readonly aggregator: 'first';
}

/**
 * What was counted of one metric, by its labels. prom-client's own metrics would do, if a daemon that nobody asks for metrics did not have
 * to load them to count.
 */
export class Metric {
  readonly #name: string;
  readonly #definition: MetricDefinition;
  readonly #samples = new Map<string, Sample>();

  constructor(name: string, definition: MetricDefinition) {
    this.#name = name;
    this.#definition = definition;
    if (definition.type === 'counter' && Object.keys(definition.labels).length === 0) this.add({}, 0);
  }

  add(labels: Labels, by: number): void {
    this.#sampleOf(labels).value += by;
  }

  observe(labels: Labels, seconds: number): void {
    const { buckets = [] } = this.#definition;
    const sample = this.#sampleOf(labels);
    const index = buckets.findIndex((bound) => seconds <= bound);
    const bucket = index === -1 ? buckets.length : index;
    sample.value += seconds;
    sample.counts[bucket] = (sample.counts[bucket] ?? 0) + 1;
  }

  clear(): void {
    this.#samples.clear();
  }

  /** What there is to tell now. */
  read(): MetricReading {
    const { type, help } = this.#definition;
    const values = [...this.#samples.values()].flatMap((sample) =>
      type === 'histogram' ? this.#bucketsOf(sample) : [{ labels: sample.labels, value: sample.value }],
    );
    return { name: this.#name, help, type, values, aggregator: 'first' };
  }

  #bucketsOf({ labels, value, counts }: Sample): MetricReading['values'] {
    let atMost = 0;
    const buckets = [...(this.#definition.buckets ?? []), '+Inf'].map((bound, index) => {
      atMost += counts[index] ?? 0;
      return { metricName: `${this.#name}_bucket`, labels: { le: String(bound), ...labels }, value: atMost };
    });
    return [
      ...buckets,
      { metricName: `${this.#name}_sum`, labels, value },
      { metricName: `${this.#name}_count`, labels, value: atMost },
    ];
  }

  #sampleOf(given: Labels): Sample {
    const labels = Object.fromEntries(Object.keys(this.#definition.labels).map((label) => [label, given[label] ?? '']));
    const key = Object.values(labels).join('\n');
    const sample = this.#samples.get(key) ?? { labels, value: 0, counts: [] };
    this.#samples.set(key, sample);
    return sample;
  }
}
