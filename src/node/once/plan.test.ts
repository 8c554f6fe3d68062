import { describe, expect, test } from 'vitest';
import { plainOneOff } from '../../../test/support/one-off.ts';
import { loadCatalogue } from '../../catalogue/load.ts';
import { load } from '../../descriptor/memory-files.ts';
import type { OneOff } from '../../selector/one-off.ts';
import { select } from '../../selector/select.ts';
import type { Desired } from '../desired.ts';
import { surroundings } from './plan.ts';

const text = `
services:
  web: { image: a, command: [serve], entrypoint: [/start], ports: ["8080:80"], depends_on: [db], container_name: front,
    networks: { default: { ipv4_address: 10.1.0.5, aliases: [www] } }, restart: always, volumes: ["data:/data"] }
  db: { image: b, depends_on: [disk], x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }
  disk: { image: c }
  other: { image: d, x-heddle: { manage: { flows: true } } }
networks: { default: { ipam: { config: [{ subnet: 10.1.0.0/24 }] } } }
volumes: { data: {} }
`;
const asked = (service: string, change: Partial<OneOff> = {}): OneOff => ({
  service,
  name: 'shop-once',
  ...plainOneOff,
  ...change,
});
const specWith = (service: string, change: Partial<OneOff> = {}) =>
  select(load({ 'compose.yaml': text }), loadCatalogue(), { oneOff: asked(service, change) });
const podsOf = (spec: { pods: readonly { name: string }[] }) => spec.pods.map(({ name }) => name);

describe('the pod of a one-off', () => {
  const podWith = (change: Partial<OneOff> = {}) => {
    const pod = specWith('web', change).pods.find(({ role }) => role === 'oneoff');
    return {
      pod,
      container: pod?.containers[0],
      sandbox: pod?.sandbox.kind === 'own' ? pod.sandbox : undefined,
    };
  };

  test('is as a replica of its service, without what only one of them can have', () => {
    const { pod, container, sandbox } = podWith();
    expect(pod).toMatchObject({ name: 'shop-once', service: 'web' });
    expect(container).toMatchObject({
      command: ['serve'],
      mounts: [{ source: 'app_data', target: '/data' }],
      restart: { condition: 'no' },
      labels: { 'com.docker.compose.oneoff': 'True', 'com.docker.compose.service': 'web' },
    });
    expect(container?.labels).not.toHaveProperty('com.docker.compose.container-number');
    expect(sandbox?.networks).toEqual([{ network: 'app_default', aliases: ['shop-once'] }]);
    expect(sandbox?.ports).toEqual([]);
  });

  test('has its ports and names where they are asked for', () => {
    const { sandbox } = podWith({
      servicePorts: true,
      useAliases: true,
      ports: [{ target: 9, protocol: 'udp' }],
    });
    expect(sandbox?.ports).toEqual([
      { target: 80, published: 8080, protocol: 'tcp' },
      { target: 9, protocol: 'udp' },
    ]);
    expect(sandbox?.networks[0]?.aliases).toEqual(expect.arrayContaining(['web', 'www']));
  });

  test('runs what it is told; another entrypoint takes the command away', () => {
    expect(podWith({ command: ['migrate'] }).container).toMatchObject({
      command: ['migrate'],
      entrypoint: ['/start'],
    });
    expect(podWith({ entrypoint: ['sh'] }).container).toMatchObject({ command: [], entrypoint: ['sh'] });
  });

  test('is guarded where its service is', () => {
    const spec = specWith('db');
    const guard = spec.pods.find(({ name }) => name === 'shop-once.firewall');
    expect(guard).toMatchObject({ role: 'function', oneOff: true, function: { pod: 'shop-once' } });
    expect(spec.pods.find(({ role }) => role === 'oneoff')?.path).toEqual(['shop-once.firewall']);
  });
});

describe('what a one-off needs around it', () => {
  const neededBy = (service: string, desired?: Desired, dependencies = true) =>
    surroundings({ spec: specWith(service), dependencies }, desired);

  test('is all that it depends on, and no other service', () => {
    const { dependencies, others, wanted, spec } = neededBy('web');
    expect(dependencies).toEqual(['db', 'disk']);
    expect([...others].sort()).toEqual(['other', 'web']);
    expect(wanted).toMatchObject({ settled: true, stopped: expect.arrayContaining(['web', 'other']) });
    expect(podsOf(wanted?.spec ?? { pods: [] })).not.toContain('shop-once');
    expect(podsOf(spec)).toContain('shop-once');
  });

  test('is the function, too, that its traffic passes with others’', () => {
    const led = `
services:
  web: { image: a }
  other: { image: d }
  fw: { image: f, network_mode: none, x-heddle: { function: wire } }
x-heddle: { chains: [{ name: c, from: other, to: web, through: [fw] }] }`;
    const spec = select(load({ 'compose.yaml': led }), loadCatalogue(), { oneOff: asked('web') });
    expect(surroundings({ spec, dependencies: true }, undefined).dependencies).toEqual(['fw']);
  });

  test('is nothing without dependencies: nothing is wanted then that was not', () => {
    const { wanted, spec } = neededBy('web', undefined, false);
    expect(wanted).toBeUndefined();
    expect(spec.pods.find(({ role }) => role === 'collector')).toBeUndefined();
  });

  test('leaves what is wanted as it is, and starts what was stopped of it', () => {
    const before = select(
      load({ 'compose.yaml': text.replace('image: b', 'image: older') }),
      loadCatalogue(),
    );
    const desired: Desired = { spec: before, stopped: ['db', 'other'], settled: true };
    const { wanted, spec } = neededBy('web', desired);
    expect(wanted).toEqual({ ...desired, stopped: ['other'] });
    expect(spec.pods.find(({ name }) => name === 'app-db-1')?.containers[0]?.image).toBe('older');
  });

  test('is refused for a specification without one', () => {
    const spec = select(load({ 'compose.yaml': text }), loadCatalogue());
    expect(() => surroundings({ spec, dependencies: true }, undefined)).toThrow('no one-off');
  });
});
