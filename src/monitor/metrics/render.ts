import { Counter, Gauge, Registry } from 'prom-client';
import { type Family, families, type Value } from './families.ts';
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
  for (const { name, type, help, values } of families) {
    const all = node.applications.flatMap((application) =>
      values(application).map(({ labels, value }) => ({
        labels: { project: application.project, ...labels },
        value,
      })),
    );
    add(registry, name, type, help, all);
  }
  return registry.metrics();
}

/** A family without values is left out. */
function add(
  registry: Registry,
  name: string,
  type: Family['type'],
  help: string,
  values: readonly Value[],
): void {
  const [first] = values;
  if (!first) return;
  const configuration = { name, help, labelNames: Object.keys(first.labels), registers: [registry] };
  const metric = type === 'gauge' ? new Gauge(configuration) : new Counter(configuration);
  for (const { labels, value } of values) metric.inc(labels, value);
}
