import { expect, test } from 'vitest';
import { families } from './families.ts';
import { type Series, seriesOf } from './family.ts';
import { renderMetrics } from './render.ts';

const node = {
  version: '1.0.0',
  engine: 'podman',
  cpu: 1.5,
  memory: 1000,
  measured: [],
  services: [],
  applications: [],
};
const empty = { containers: [], used: [], overBudget: [], chains: [], scaling: [], jobs: [], answered: {} };

test('the node stands by itself', async () => {
  const text = await renderMetrics(node);
  expect(text).toContain('heddle_build_info{version="1.0.0",engine="podman"} 1');
  expect(text).toContain('heddle_node_cpu_seconds_total 1.5');
});

test('its services are told apart', async () => {
  const services = [
    { name: 'ip', isReady: true, restarts: 0 },
    { name: 'sdn', isReady: false, restarts: 3 },
  ];
  const text = await renderMetrics({ ...node, services });
  expect(text).toContain('heddle_service_up{service="ip"} 1\nheddle_service_up{service="sdn"} 0\n');
  expect(text).toContain('heddle_service_restarts_total{service="sdn"} 3');
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
  const seen = { ...empty, used: [{ subject, sample }], answered: { flows: true, snmp: false } };
  const text = await renderMetrics({
    ...node,
    applications: [{ project: 'shop', series: seriesOf(families, seen) }],
  });
  const lines = text.split('\n');
  expect(lines).toContain(
    'heddle_container_cpu_seconds_total{project="shop",container="shop-web-1",pod="shop-web-1",service="web",role="application",feature=""} 2.5',
  );
  expect(lines).toContain('heddle_feature_up{project="shop",feature="snmp"} 0');
});

test('a family of several applications is one', async () => {
  const series = (value: number): Series[] => [
    { name: 'heddle_x', type: 'gauge', help: 'x', values: [{ labels: { a: 'b' }, value }] },
  ];
  const text = await renderMetrics({
    ...node,
    applications: [
      { project: 'shop', series: series(1) },
      { project: 'blog', series: series(2) },
    ],
  });
  expect(text).toContain('heddle_x{project="shop",a="b"} 1\nheddle_x{project="blog",a="b"} 2\n');
  expect(text.match(/# TYPE heddle_x/g)).toHaveLength(1);
});

test('a family without values is left out', async () => {
  const applications = [{ project: 'shop', series: seriesOf(families, empty) }];
  expect(await renderMetrics({ ...node, applications })).not.toContain('heddle_containers');
});
