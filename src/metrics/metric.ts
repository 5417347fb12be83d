import type { MetricDefinition } from './metric-definitions.ts';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  /** Of a histogram: the sum of what was observed. */
  value: number;
  /** Of a histogram: how many observations are in each bucket alone; the last has no bound. */
  readonly counts: number[];
}

/** What was counted of one metric, by its labels. */
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

  /** In the text format of Prometheus, version 0.0.4. */
  write(): string {
    const { type, help } = this.#definition;
    const lines = [...this.#samples.values()].flatMap((sample) =>
      type === 'histogram' ? this.#bucketLines(sample) : [line(this.#name, sample.labels, sample.value)],
    );
    return [`# HELP ${this.#name} ${escaped(help)}`, `# TYPE ${this.#name} ${type}`, ...lines, ''].join('\n');
  }

  #bucketLines({ labels, value, counts }: Sample): string[] {
    let atMost = 0;
    const lines = [...(this.#definition.buckets ?? []), '+Inf'].map((bound, index) => {
      atMost += counts[index] ?? 0;
      return line(`${this.#name}_bucket`, { le: String(bound), ...labels }, atMost);
    });
    return [...lines, line(`${this.#name}_sum`, labels, value), line(`${this.#name}_count`, labels, atMost)];
  }

  #sampleOf(given: Labels): Sample {
    const labels = Object.fromEntries(Object.keys(this.#definition.labels).map((label) => [label, given[label] ?? '']));
    const key = Object.values(labels).join('\n');
    const sample = this.#samples.get(key) ?? { labels, value: 0, counts: [] };
    this.#samples.set(key, sample);
    return sample;
  }
}

function line(name: string, labels: Labels, value: number): string {
  const written = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`);
  return `${name}${written.length === 0 ? '' : `{${written.join(',')}}`} ${value}`;
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
