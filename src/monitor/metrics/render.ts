import { type Family, single } from '../../lib/metrics/family.ts';
import { metricsText } from '../../lib/metrics/text.ts';
import { bondFamilies } from './bond-families.ts';
import { linkFamilies } from './link-families.ts';
import { measuredFamilies } from './measured-families.ts';
import { networkFamilies } from './network-families.ts';
import type { NodeSnapshot } from './snapshot.ts';

const ofNode: readonly Family<NodeSnapshot>[] = [
  {
    name: 'heddle_build_info',
    type: 'gauge',
    help: 'The version of the node, and its engine.',
    values: ({ version, engine }) => [{ labels: { version, engine }, value: 1 }],
  },
  single('heddle_node_cpu_seconds_total', 'counter', 'CPU that the node has used.', ({ cpu }) => cpu),
  single('heddle_node_memory_bytes', 'gauge', 'Memory that the node uses.', ({ memory }) => memory),
  {
    name: 'heddle_service_up',
    type: 'gauge',
    help: 'Whether a networking service of the node is ready.',
    values: ({ services }) =>
      services.map(({ name, isReady }) => ({ labels: { service: name }, value: isReady ? 1 : 0 })),
  },
  {
    name: 'heddle_service_restarts_total',
    type: 'counter',
    help: 'How often a networking service was started again.',
    values: ({ services }) =>
      services.map(({ name, restarts }) => ({ labels: { service: name }, value: restarts })),
  },
];

/** What was seen, in Prometheus' text format (0.0.4). A family without values is left out. */
export async function renderMetrics(node: NodeSnapshot): Promise<string> {
  const measured = await metricsText(measuredFamilies, node.measured, {});
  const text = `${await metricsText([...ofNode, ...ofApplications(node)], node, {})}${measured}`;
  if (!node.networks) return text;
  const networks = await metricsText(networkFamilies, node.networks, {});
  const links = await metricsText(linkFamilies, node.networks.links, {});
  return `${text}${networks}${links}${await metricsText(bondFamilies, node.networks.bonds, {})}`;
}

/** A family of each name, with the values of all applications. */
function ofApplications({ applications }: NodeSnapshot): Family<NodeSnapshot>[] {
  const series = applications.flatMap(({ project, series: own }) => own.map((one) => ({ ...one, project })));
  return [...Map.groupBy(series, ({ name }) => name)].map(([name, all]) => {
    const { type = 'gauge', help = '' } = all[0] ?? {};
    const values = all.flatMap(({ project, values: own }) =>
      own.map(({ labels, ...value }) => ({ labels: { project, ...labels }, ...value })),
    );
    return { name, type, help, values: () => values };
  });
}
