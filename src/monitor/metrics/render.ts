import { Counter, Gauge, Registry } from 'prom-client';
import type { Series, Value } from './family.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** What was seen, in Prometheus' text format (0.0.4). */
export function renderMetrics(node: NodeSnapshot): Promise<string> {
  const registry = new Registry();
  add(registry, 'heddle_build_info', 'gauge', 'The version of the node, and its engine.', [
    { labels: { version: node.version, engine: node.engine }, value: 1 },
  ]);
  add(registry, 'heddle_node_cpu_seconds_total', 'counter', 'CPU that the node has used.', [
    { labels: {}, value: node.cpu },
  ]);
  add(registry, 'heddle_node_memory_bytes', 'gauge', 'Memory that the node uses.', [
    { labels: {}, value: node.memory },
  ]);
  const series = node.applications.flatMap((application) =>
    application.series.map((one) => ({ ...one, project: application.project })),
  );
  for (const [name, all] of Map.groupBy(series, (one) => one.name)) {
    const { type = 'gauge', help = '' } = all[0] ?? {};
    const values = all.flatMap(({ project, values: own }) =>
      own.map(({ labels, value }) => ({ labels: { project, ...labels }, value })),
    );
    add(registry, name, type, help, values);
  }
  return registry.metrics();
}

/** A family without values is left out. */
function add(
  registry: Registry,
  name: string,
  type: Series['type'],
  help: string,
  values: readonly Value[],
): void {
  const [first] = values;
  if (!first) return;
  const configuration = { name, help, labelNames: Object.keys(first.labels), registers: [registry] };
  const metric = type === 'gauge' ? new Gauge(configuration) : new Counter(configuration);
  for (const { labels, value } of values) metric.inc(labels, value);
}
