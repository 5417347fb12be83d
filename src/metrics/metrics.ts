import type { Registry } from 'prom-client';
import type { DaemonKind } from '../daemon/daemon-kinds.ts';
import { Metric } from './metric.ts';
import { type LabelsOf, type MetricDefinition, metricDefinitions, type NameOf } from './metric-definitions.ts';

/** A value of a gauge. */
export interface GaugeValue<Name extends NameOf<'gauge'>> {
  readonly labels: LabelsOf<Name>;
  readonly value: number;
}

/** prom-client wakes up this often to measure how late the event loop is: at its own 10 ms an idle daemon would use 0.6 % of a core. */
const eventLoopMilliseconds = 100;

/**
 * What a daemon has counted since its start, as Prometheus reads it. Counting is an addition in memory; gauges are looked at when somebody
 * reads.
 */
export class Metrics {
  readonly #metrics: ReadonlyMap<string, Metric>;
  readonly #fills: (() => void | Promise<void>)[] = [];
  #process: Promise<Registry> | undefined;

  constructor(daemon: DaemonKind, version: string) {
    const all: readonly (readonly [string, MetricDefinition])[] = Object.entries(metricDefinitions);
    const own = all.filter(([, { of }]) => of.includes(daemon));
    this.#metrics = new Map(own.map(([name, definition]) => [name, new Metric(name, definition)]));
    this.set('build_bot_info', [{ labels: { daemon, version }, value: 1 }]);
  }

  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';

  count<Name extends NameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#metrics.get(name)?.add(labels, by);
  }

  observe<Name extends NameOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, seconds: number): void {
    this.#metrics.get(name)?.observe(labels, seconds);
  }

  /** All values of a gauge: what is not among them is gone. */
  set<Name extends NameOf<'gauge'>>(name: Name, readings: readonly GaugeValue<Name>[]): void {
    const gauge = this.#metrics.get(name);
    gauge?.clear();
    for (const { labels, value } of readings) gauge?.add(labels, value);
  }

  /** Called before each reading. */
  beforeReading(fill: () => void | Promise<void>): void {
    this.#fills.push(fill);
  }

  /** From now on the process itself is measured, too, by prom-client: a daemon that nobody asks for metrics does not load its 95 modules. */
  measureProcess(): Promise<Registry> {
    this.#process ??= registryOfProcess();
    return this.#process;
  }

  /** The text for Prometheus. */
  async read(): Promise<string> {
    const ofProcess = await this.measureProcess();
    for (const fill of this.#fills) await fill();
    const { AggregatorRegistry } = await import('prom-client');
    const own = AggregatorRegistry.aggregate([[...this.#metrics.values()].map((metric) => metric.read())]);
    return [await own.metrics(), await ofProcess.metrics()].join('\n');
  }
}

async function registryOfProcess(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopMilliseconds });
  return registry;
}
