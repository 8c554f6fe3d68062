import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { plainOneOff } from '../../../test/support/one-off.ts';
import { deploymentSpec } from '../spec-schema.ts';

const application = (chains: string) => `
services:
  web: { image: a, networks: [front], scale: 2 }
  db:
    image: b
    networks: [front, back]
    x-heddle: { manage: { firewall: { ingress: allow } } }
  fw: { image: f, network_mode: none, x-heddle: { function: wire } }
  ids: { image: i, network_mode: none, x-heddle: { function: { mode: wire, per: replica, probe: [icmp, tcp/80] } } }
networks: { front: {}, back: {} }
x-heddle:
  chains: [${chains}]
`;

const front =
  '{ name: shop-front, from: web, to: db, match: { ports: ["3306/tcp", "8000-8010/udp"] }, through: [fw, ids] }';
const specWith = (chains: string) => specOf(application(chains));
const podOf = (spec: ReturnType<typeof specOf>, name: string) => {
  const pod = spec.pods.find((one) => one.name === name);
  if (!pod) throw new Error(`there is no pod ${name}`);
  return pod;
};

test('what comes in passes the functions of a chain in their order, and then those of the service', () => {
  const spec = specWith(front);
  expect(spec.chains).toEqual([
    {
      name: 'shop-front',
      from: 'web',
      to: 'db',
      ports: [
        { protocol: 'tcp', from: 3306, to: 3306 },
        { protocol: 'udp', from: 8000, to: 8010 },
      ],
      through: ['fw', 'ids'],
      onFailure: 'closed',
      at: 'to',
    },
  ]);
  expect(podOf(spec, 'shop-db-1')).toMatchObject({
    path: ['shop-db-1.firewall'],
    chains: [
      {
        chain: 'shop-front',
        side: 'to',
        peer: { kind: 'service', service: 'web' },
        path: ['shop-fw-1', 'shop-db-1.ids'],
        onFailure: 'closed',
      },
    ],
  });
  expect(podOf(spec, 'shop-web-1').chains).toBeUndefined();
});

test('what goes out passes the functions in the order of the file, the first of them nearest to the service', () => {
  const spec = specWith('{ name: out, from: web, to: outside, through: [fw, ids] }');
  for (const name of ['shop-web-1', 'shop-web-2'])
    expect(podOf(spec, name).chains).toEqual([
      {
        chain: 'out',
        side: 'from',
        peer: { kind: 'outside' },
        ports: [],
        path: [`${name}.ids`, 'shop-fw-1'],
        onFailure: 'closed',
      },
    ]);
  expect(spec.chains?.[0]).toMatchObject({ at: 'from', through: ['fw', 'ids'] });
});

test('a network is known by the name that its owner has for it', () => {
  const spec = specWith('{ name: c, from: back, to: db, through: [fw] }');
  expect(podOf(spec, 'shop-db-1').chains?.[0]?.peer).toEqual({ kind: 'network', network: 'shop_back' });
});

test('a function that is shared has pods of its own, and one for each replica stands beside it', () => {
  const spec = specWith('{ name: c, from: front, to: web, through: [ids, fw] }');
  expect(podOf(spec, 'shop-fw-1')).toMatchObject({
    role: 'service',
    forwards: { mode: 'wire', probe: [] },
    sandbox: { sysctls: { 'net.ipv4.ip_forward': '0' } },
  });
  expect(spec.pods.filter(({ service, role }) => service === 'ids' && role === 'service')).toEqual([]);
  const { containers, ...pod } = podOf(spec, 'shop-web-2.ids');
  expect(pod).toMatchObject({
    role: 'function',
    service: 'web',
    sandbox: { kind: 'own', name: 'shop-web-2.ids.sandbox', networks: [] },
    forwards: {
      mode: 'wire',
      pod: 'shop-web-2',
      probe: [{ protocol: 'icmp' }, { protocol: 'tcp', port: 80 }],
    },
  });
  expect(pod.function).toBeUndefined();
  expect(containers).toMatchObject([{ name: 'shop-web-2.ids', key: 'function', role: 'agent', image: 'i' }]);
});

test('chains of one pod share what it has of a function for each replica', () => {
  const spec = specWith(
    '{ name: a, from: web, to: db, match: { ports: [1/tcp] }, through: [ids] }, { name: b, from: web, to: db, match: { ports: [2/tcp] }, through: [ids, fw] }',
  );
  expect(podOf(spec, 'shop-db-1').chains?.map(({ path }) => path)).toEqual([
    ['shop-db-1.ids'],
    ['shop-db-1.ids', 'shop-fw-1'],
  ]);
  expect(spec.pods.filter(({ name }) => name === 'shop-db-1.ids')).toHaveLength(1);
});

test('a feature of the catalogue is made for each pod that is led, and for its chain alone', () => {
  const spec = specWith('{ name: in, from: front, to: db, through: [{ firewall: { ingress: deny } }, fw] }');
  expect(podOf(spec, 'shop-db-1')).toMatchObject({
    path: ['shop-db-1.firewall'],
    chains: [{ path: ['shop-db-1.in.firewall', 'shop-fw-1'] }],
  });
  expect(podOf(spec, 'shop-db-1.in.firewall')).toMatchObject({
    role: 'function',
    service: 'db',
    function: { kind: 'firewall', pod: 'shop-db-1', settings: { ingress: [] } },
    containers: [{ name: 'shop-db-1.in.firewall.guard' }],
  });
  expect(spec.features).toContainEqual(
    expect.objectContaining({
      feature: 'firewall',
      service: 'db',
      chain: 'in',
      agents: [{ pod: 'shop-db-1.in.firewall', container: 'shop-db-1.in.firewall.guard' }],
    }),
  );
});

test.each([
  ['manage and a service', 'firewall', '{ name: c, from: web, to: db, through: [firewall] }'],
  [
    'a chain and a service',
    'a.firewall',
    '{ name: a, from: web, to: db, through: [a.firewall, { firewall: true }] }',
  ],
  [
    'two chains and a service',
    'a.firewall',
    '{ name: b, from: back, to: db, through: [a.firewall] }, { name: a, from: web, to: db, through: [{ firewall: true }] }',
  ],
])(
  'functions whose names come out alike are refused where one was written, and not taken for one: %s',
  (_, name, chains) => {
    const text = application(chains).replace(
      'networks: { front',
      `  ${name}: { image: x, network_mode: none, x-heddle: { function: { mode: wire, per: replica } } }\nnetworks: { front`,
    );
    expect(() => specOf(text)).toThrow(
      /compose\.yaml:\d+:\d+: error ERR_COMPOSE_CONFLICT.*firewall.* is the name of shop-db-1\..*firewall, which stands in the path of db, too/s,
    );
  },
);

test('what is run once is led as its service is, through functions of its own', () => {
  const text = application('{ name: c, from: front, to: web, through: [ids, fw] }');
  const once = { ...plainOneOff, service: 'web', name: 'shop-web-run-1' };
  const spec = specOf(text, { oneOff: once });
  expect(podOf(spec, 'shop-web-run-1').chains?.[0]?.path).toEqual(['shop-web-run-1.ids', 'shop-fw-1']);
  expect(podOf(spec, 'shop-web-run-1.ids')).toMatchObject({ oneOff: true, role: 'function' });
});

test('what the selector makes of chains is what the node takes, and no path through what is not made for it', () => {
  const spec = specWith(front);
  const ofJson = (value: unknown) => deploymentSpec.safeParse(JSON.parse(JSON.stringify(value)));
  expect(ofJson(spec).error).toBeUndefined();
  const pods = spec.pods.filter(({ name }) => name !== 'shop-fw-1');
  expect(ofJson({ ...spec, pods }).error?.message).toContain('lead through what is no function of theirs');
  const lent = spec.pods.map((pod) =>
    pod.name === 'shop-db-1.ids' ? { ...pod, forwards: { ...pod.forwards, pod: 'shop-web-1' } } : pod,
  );
  expect(ofJson({ ...spec, pods: lent }).success).toBe(false);
});

test('the example says what it is there to show', () => {
  const file = path.resolve(import.meta.dirname, '../../../examples/chain/compose.yaml');
  const spec = specOf(readFileSync(file, 'utf8'));
  expect(podOf(spec, 'chain-web-1').chains?.map((one) => one.path)).toEqual([
    ['chain-web-1.visitors.firewall', 'chain-web-1.ids'],
  ]);
  expect(podOf(spec, 'chain-db-1')).toMatchObject({
    path: ['chain-db-1.firewall'],
    chains: [{ chain: 'shop', path: ['chain-db-1.ids'] }],
  });
});
