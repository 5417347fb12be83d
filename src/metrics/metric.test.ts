import { AggregatorRegistry } from 'prom-client';
import { expect, it } from 'vitest';
import { Metric } from './metric.ts';

/** The text that Prometheus gets. */
const written = (metric: Metric) => AggregatorRegistry.aggregate([[metric.read()]]).metrics();

const labels = { program: 'which', result: 'how it ended' };

it('a histogram: each bucket holds those below it, too; labels stand in the order of the definition', async () => {
  const metric = new Metric('took_seconds', {
    type: 'histogram',
    help: 'How long',
    labels,
    buckets: [0.1, 1],
    of: [],
  });
  for (const seconds of [0.1, 0.5, 0.25, 7]) metric.observe({ result: 'ok', program: 'squeue' }, seconds);
  expect(await written(metric)).toBe(`# HELP took_seconds How long
# TYPE took_seconds histogram
took_seconds_bucket{le="0.1",program="squeue",result="ok"} 1
took_seconds_bucket{le="1",program="squeue",result="ok"} 3
took_seconds_bucket{le="+Inf",program="squeue",result="ok"} 4
took_seconds_sum{program="squeue",result="ok"} 7.85
took_seconds_count{program="squeue",result="ok"} 4
`);
});

it('a counter without labels begins at 0, a gauge and one with labels have no value yet', async () => {
  const counter = new Metric('bytes_total', { type: 'counter', help: 'Bytes', labels: {}, of: [] });
  expect(await written(counter)).toBe('# HELP bytes_total Bytes\n# TYPE bytes_total counter\nbytes_total 0\n');
  const gauge = new Metric('missing', { type: 'gauge', help: 'Missing', labels: {}, of: [] });
  expect(await written(gauge)).toBe('# HELP missing Missing\n# TYPE missing gauge\n');
  const labelled = new Metric('runs_total', { type: 'counter', help: 'Runs', labels, of: [] });
  expect(await written(labelled)).toBe('# HELP runs_total Runs\n# TYPE runs_total counter\n');
});

it('what would end a label or a line is escaped', async () => {
  const metric = new Metric('runs_total', { type: 'counter', help: 'A \\ and\na line', labels, of: [] });
  metric.add({ program: '/opt/"new"\\squeue', result: 'two\nlines' }, 2);
  metric.add({ program: '/opt/"new"\\squeue', result: 'two\nlines' }, 1);
  expect(await written(metric)).toBe(`# HELP runs_total A \\\\ and\\na line
# TYPE runs_total counter
runs_total{program="/opt/\\"new\\"\\\\squeue",result="two\\nlines"} 3
`);
});
