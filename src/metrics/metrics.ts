import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DaemonKind } from '../daemon/lease-file.ts';
import {
  type LabelsOf,
  type MetricDefinition,
  type MetricName,
  metricDefinitions,
  type NameOf,
} from './metric-definitions.ts';

type Metric = Counter<string> | Gauge<string> | Histogram<string>;

/** A value of a gauge. */
export interface Reading<Name extends NameOf<'gauge'>> {
  readonly labels: LabelsOf<Name>;
  readonly value: number;
}

/** prom-client wakes up this often to measure how late the event loop is: at its own 10 ms an idle daemon would use 0.6 % of a core. */
const eventLoopMilliseconds = 100;

/**
 * What a daemon has counted since its start, as Prometheus reads it. Counting is an addition in memory; gauges are looked at when somebody
 * reads. In the older of the two formats: for the newer one prom-client renames its counters for good.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #metrics = new Map<string, Metric>();
  readonly #fills: (() => void | Promise<void>)[] = [];
  #isProcessCounted = false;

  constructor(daemon: DaemonKind, version: string) {
    const all: readonly (readonly [string, MetricDefinition])[] = Object.entries(metricDefinitions);
    for (const [name, definition] of all)
      if (definition.of.includes(daemon)) this.#metrics.set(name, make(name, definition, this.#registry));
    for (const [name, metric] of this.#metrics) if (metric instanceof Gauge) empty(metric, name);
    this.set('build_bot_info', [{ labels: { daemon, version }, value: 1 }]);
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  count<Name extends NameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    (this.#metrics.get(name) as Counter | undefined)?.inc(labels, by);
  }

  observe<Name extends NameOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, seconds: number): void {
    (this.#metrics.get(name) as Histogram | undefined)?.observe(labels, seconds);
  }

  /** All values of a gauge: what is not among them is gone. */
  set<Name extends NameOf<'gauge'>>(name: Name, readings: readonly Reading<Name>[]): void {
    const gauge = this.#metrics.get(name) as Gauge | undefined;
    if (gauge === undefined) return;
    empty(gauge, name);
    for (const { labels, value } of readings) gauge.set(labels, value);
  }

  /** Called before each reading. */
  beforeReading(fill: () => void | Promise<void>): void {
    this.#fills.push(fill);
  }

  /** The text for Prometheus. From the first one on the process itself is measured, too. */
  async read(): Promise<string> {
    if (!this.#isProcessCounted)
      collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: eventLoopMilliseconds });
    this.#isProcessCounted = true;
    for (const fill of this.#fills) await fill();
    return await this.#registry.metrics();
  }
}

/** prom-client gives one without labels the value 0 where it has none. */
function empty(gauge: Gauge, name: string): void {
  gauge.reset();
  if (Object.keys(metricDefinitions[name as MetricName].labels).length === 0) gauge.remove();
}

function make(name: string, { type, help, labels, buckets }: MetricDefinition, registry: Registry): Metric {
  const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  switch (type) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ ...options, ...(buckets && { buckets: [...buckets] }) });
  }
}
