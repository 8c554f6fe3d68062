import { expect, test } from 'vitest';
import { renderMetrics } from './render.ts';
import type { ApplicationSnapshot } from './snapshot.ts';

const empty: ApplicationSnapshot = {
  project: 'shop',
  containers: [],
  used: [],
  overBudget: [],
  latency: [],
  talkers: [],
  firewall: [],
  interfaces: [],
  answered: {},
};
const node = { version: '1.0.0', engine: 'podman', cpu: 1.5, memory: 1000, applications: [] };

test('the node stands by itself', async () => {
  const text = await renderMetrics(node);
  expect(text).toContain('heddle_build_info{version="1.0.0",engine="podman"} 1');
  expect(text).toContain('heddle_node_cpu_seconds_total 1.5');
});

test('figures of an application bear its name, in base units', async () => {
  const subject = {
    id: '1',
    project: 'shop',
    name: 'shop-web-1',
    pod: 'shop-web-1',
    role: 'application',
    service: 'web',
  };
  const sample = { time: 0, cpu: 2.5, memory: 4096, sent: 10, received: 20 };
  const talkers = [
    { source: 'web', destination: 'db', flows: 1, packets: 6, bytes: 600, first: '', last: '' },
  ];
  const text = await renderMetrics({
    ...node,
    applications: [
      { ...empty, used: [{ subject, sample }], talkers, answered: { flows: true, snmp: false } },
    ],
  });
  const lines = text.split('\n');
  expect(lines).toContain(
    'heddle_container_cpu_seconds_total{project="shop",container="shop-web-1",pod="shop-web-1",service="web",role="application",feature=""} 2.5',
  );
  expect(lines).toContain('heddle_flows_bytes_per_second{project="shop",source="web",destination="db"} 10');
  expect(lines).toContain('heddle_feature_up{project="shop",feature="snmp"} 0');
});

test('a family without values is left out', async () => {
  expect(await renderMetrics({ ...node, applications: [empty] })).not.toContain('heddle_latency');
});
