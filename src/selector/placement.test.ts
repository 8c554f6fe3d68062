import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import type { DeploymentSpec } from './spec.ts';

const shop = specOf(
  `
services:
  web: { image: a, x-heddle: { manage: { flows: { budget: { cpu: 2%, memory: 64M } }, snmp: true } } }
  db: { image: b, volumes: ["data:/var/lib/db"], x-heddle: { manage: { snmp: true, firewall: { egress: allow } } } }
volumes: { data: {} }
`,
  { scale: { db: 2 } },
);
const podOf = ({ pods }: DeploymentSpec, name: string) => {
  const pod = pods.find((one) => one.name === name);
  if (!pod) throw new Error(`no pod ${name} among ${pods.map((one) => one.name).join(', ')}`);
  return pod;
};

describe('an agent beside a service', () => {
  test('stands in the pod of each replica, with the rights of its template and no others', () => {
    const agent = podOf(shop, 'shop-web-1').containers.find(({ key }) => key === 'flows.probe');
    expect(agent).toMatchObject({ role: 'agent', feature: 'flows', sharing: 'network' });
    expect(podOf(shop, 'shop-db-2').containers.map(({ key }) => key)).toEqual(['app', 'snmp.agent']);
  });

  test('sees what files of the service it needs, beside its own and never to be written', () => {
    const agent = podOf(shop, 'shop-db-1').containers.find(({ key }) => key === 'snmp.agent');
    expect(agent?.mounts).toContainEqual(
      expect.objectContaining({ source: 'shop_data', target: '/service/var/lib/db', readOnly: true }),
    );
    expect(podOf(shop, 'shop-db-1').containers[0]?.mounts[0]).not.toHaveProperty('readOnly', true);
  });

  test('gives its pod a port on the management link that reaches no other agent', () => {
    const addresses = ['shop-web-1', 'shop-db-1', 'shop-db-2'].map((name) => podOf(shop, name).management);
    expect(addresses.map((management) => management?.isolated)).toEqual([true, true, true]);
    expect(new Set(addresses.map((management) => management?.address)).size).toBe(3);
  });

  test('leaves a service alone that asks for nothing', () => {
    const { pods } = specOf('services: { web: { image: a } }');
    expect(pods.map(({ name, management }) => [name, management])).toEqual([['shop-web-1', undefined]]);
  });
});

describe('a collector', () => {
  test('is there once an application, and reached by all agents', () => {
    const collectors = shop.pods.filter(({ role }) => role === 'collector');
    expect(collectors.map(({ name }) => name)).toEqual(['shop.flows', 'shop.snmp']);
    expect(collectors.map(({ management }) => management?.isolated)).toEqual([false, false]);
  });

  test('is on no network of the application', () => {
    for (const { role, sandbox } of shop.pods)
      if (role === 'collector') expect(sandbox).toMatchObject({ kind: 'own', networks: [], ports: [] });
  });
});

describe('a function in the path', () => {
  test('has a pod of its own for each replica, which the replica’s traffic passes', () => {
    const functions = shop.pods.filter(({ role }) => role === 'function');
    expect(functions.map(({ name, function: fn }) => [name, fn?.pod])).toEqual([
      ['shop-db-1.firewall', 'shop-db-1'],
      ['shop-db-2.firewall', 'shop-db-2'],
    ]);
    expect(podOf(shop, 'shop-db-2').path).toEqual(['shop-db-2.firewall']);
    expect(podOf(shop, 'shop-web-1').path).toEqual([]);
  });
});

test('each feature that is asked for is kept with its parameters, agents, collector and budget', () => {
  expect(
    shop.features.map(({ feature, service, agents, collector, budget }) => ({
      feature,
      service,
      agents: agents.map(({ container }) => container),
      collector: collector?.container,
      budget,
    })),
  ).toEqual([
    {
      feature: 'flows',
      service: 'web',
      agents: ['shop-web-1.flows.probe'],
      collector: 'shop.flows.collector',
      budget: { cpu: 0.02, memory: 64 * 2 ** 20 },
    },
    {
      feature: 'snmp',
      service: 'web',
      agents: ['shop-web-1.snmp.agent'],
      collector: 'shop.snmp.collector',
      budget: undefined,
    },
    {
      feature: 'snmp',
      service: 'db',
      agents: ['shop-db-1.snmp.agent', 'shop-db-2.snmp.agent'],
      collector: 'shop.snmp.collector',
      budget: undefined,
    },
    {
      feature: 'firewall',
      service: 'db',
      agents: ['shop-db-1.firewall.guard', 'shop-db-2.firewall.guard'],
      collector: undefined,
      budget: undefined,
    },
  ]);
});

test('the same input gives the same output', () => {
  const text = 'services: { web: { image: a, x-heddle: { manage: { flows: true, snmp: true } } } }';
  expect(JSON.stringify(specOf(text))).toBe(JSON.stringify(specOf(text)));
});
