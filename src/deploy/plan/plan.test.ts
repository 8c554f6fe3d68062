import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash, with_ } from '../../../test/support/observed.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { nothing, type Observed } from '../observed.ts';
import { plan } from './plan.ts';
import type { PlanOptions } from './planning.ts';

const plain = `
services:
  web: { image: nginx, ports: ["8080:80"], depends_on: [db] }
  db: { image: mariadb, volumes: ["data:/var/lib/mysql"] }
volumes: { data: }
`;
const watched = plain.replace('image: nginx', 'image: nginx, x-heddle: { manage: { flows: true } }');

const guarded = plain.replace(
  'image: mariadb',
  'image: mariadb, x-heddle: { manage: { firewall: { ingress: [{ ports: ["3306/tcp"], from: [web] }] } } }',
);

const stepsOf = (spec: DeploymentSpec, observed: Observed, options: Partial<PlanOptions> = {}) =>
  plan(spec, observed, { hash, mode: 'up', ...options }).steps;
const ids = (spec: DeploymentSpec, observed: Observed, options: Partial<PlanOptions> = {}) =>
  stepsOf(spec, observed, options).map((step) => step.id);

describe('up', () => {
  test('from nothing, makes networks and volumes, then pods, dependencies first', () => {
    const spec = specOf(plain);
    const present = { ...nothing, images: deployed(spec).images };
    expect(ids(spec, present)).toEqual([
      'createVolume shop_data',
      'createNetwork shop_default',
      'createSandbox shop-db-1',
      'createContainer shop-db-1',
      'createSandbox shop-web-1',
      'createContainer shop-web-1',
    ]);
    const web = stepsOf(spec, present).find((step) => step.id === 'createContainer shop-web-1');
    expect(web?.after).toEqual(['createSandbox shop-web-1', 'createContainer shop-db-1']);
  });

  test('obtains the images that are missing, and the base before those built from it', () => {
    const spec = specOf(plain);
    const obtained = stepsOf(spec, nothing).filter((step) => step.kind === 'obtainImage');
    expect(obtained.map((step) => step.subject.replace(/:[0-9a-f]{12}$/, ''))).toEqual([
      'localhost/heddle/base:bookworm',
      'localhost/heddle/holder',
      'nginx',
      'mariadb',
    ]);
    expect(obtained[1]?.after).toEqual([obtained[0]?.id]);
  });

  test('a second time does nothing', () => {
    const spec = specOf(watched);
    expect(ids(spec, deployed(spec))).toEqual([]);
  });

  test('the same file in another place changes nothing', () => {
    const spec = specOf(watched);
    const moved = structuredClone(spec);
    for (const pod of moved.pods) {
      for (const { labels } of pod.containers) {
        if ('com.docker.compose.project.config_files' in labels) {
          Object.assign(labels, { 'com.docker.compose.project.config_files': '/elsewhere/compose.yaml' });
        }
      }
    }
    expect(ids(moved, deployed(spec))).toEqual([]);
  });

  test('adding a feature leaves the application’s containers and sandboxes alone', () => {
    expect(
      ids(specOf(watched), { ...deployed(specOf(plain)), images: deployed(specOf(watched)).images }),
    ).toEqual([
      'createSandbox shop.flows',
      'connectManagement shop.flows',
      'createContainer shop.flows.collector',
      'connectManagement shop-web-1',
      'createContainer shop-web-1.flows.probe',
    ]);
  });

  test('removing a feature takes its agents, their links and the collector away, and nothing else', () => {
    expect(ids(specOf(plain), deployed(specOf(watched)))).toEqual([
      'removeContainer shop-web-1.flows.probe',
      'disconnectManagement shop-web-1',
      'removeContainer shop.flows.collector',
      'removeContainer shop.flows.sandbox',
      'disconnectManagement shop.flows',
      'removeManagement shop',
    ]);
  });

  test('changing a feature replaces its agents only', () => {
    const changed = watched.replace('flows: true', 'flows: { version: 5 }');
    expect(ids(specOf(changed), deployed(specOf(watched)))).toEqual([
      'removeContainer shop-web-1.flows.probe',
      'createContainer shop-web-1.flows.probe',
    ]);
  });

  test('changing a service replaces its container and keeps its sandbox and agents', () => {
    const changed = watched.replace('image: nginx', 'image: nginx, environment: { A: b }');
    expect(ids(specOf(changed), deployed(specOf(watched)))).toEqual([
      'removeContainer shop-web-1',
      'createContainer shop-web-1',
    ]);
  });

  test('changing a port makes the whole pod anew, agents included, and no other', () => {
    const changed = watched.replace('8080:80', '8081:80');
    const steps = stepsOf(specOf(changed), deployed(specOf(watched)));
    expect(steps.map((step) => step.id).sort()).toEqual([
      'connectManagement shop-web-1',
      'createContainer shop-web-1',
      'createContainer shop-web-1.flows.probe',
      'createSandbox shop-web-1',
      'removeContainer shop-web-1',
      'removeContainer shop-web-1.flows.probe',
      'removeContainer shop-web-1.sandbox',
    ]);
    expect(steps.find((step) => step.kind === 'createSandbox')?.reason).toBe(
      'its ports, networks or names changed',
    );
  });

  test('a rebuilt image replaces the containers that were made from the old one', () => {
    const spec = specOf(plain);
    const observed = { ...deployed(spec), images: { ...deployed(spec).images, nginx: 'another' } };
    expect(ids(spec, observed)).toEqual(['removeContainer shop-web-1', 'createContainer shop-web-1']);
  });

  test('a changed network is made anew with all pods on it', () => {
    const changed = `${plain}networks: { default: { internal: true } }\n`;
    const steps = stepsOf(specOf(changed), deployed(specOf(plain)));
    const order = steps.map((step) => step.id);
    expect(order.indexOf('removeNetwork shop_default')).toBeGreaterThan(
      order.indexOf('removeContainer shop-db-1.sandbox'),
    );
    expect(order.indexOf('createNetwork shop_default')).toBeGreaterThan(
      order.indexOf('removeNetwork shop_default'),
    );
    expect(order).toContain('createContainer shop-web-1');
  });

  test('scaling up makes the new replicas and leaves the others', () => {
    const free = plain.replace(', ports: ["8080:80"]', '');
    const spec = specOf(free, { scale: { web: 3 } });
    expect(ids(spec, deployed(specOf(free)))).toEqual([
      'createSandbox shop-web-2',
      'createContainer shop-web-2',
      'createSandbox shop-web-3',
      'createContainer shop-web-3',
    ]);
  });

  test('scaling down removes replicas with their agents, the sandbox last', () => {
    const free = watched.replace('ports: ["8080:80"], ', '');
    const two = specOf(free, { scale: { web: 2 } });
    expect(ids(specOf(free), deployed(two))).toEqual([
      'removeContainer shop-web-2.flows.probe',
      'removeContainer shop-web-2',
      'removeContainer shop-web-2.sandbox',
      'disconnectManagement shop-web-2',
    ]);
  });

  test('waits for a dependency’s health only while it is not healthy', () => {
    const healthy = plain
      .replace('depends_on: [db]', 'depends_on: { db: { condition: service_healthy } }')
      .replace('image: mariadb', 'image: mariadb, healthcheck: { test: "true" }');
    const spec = specOf(healthy);
    const withoutWeb = { ...with_(deployed(spec), 'shop-web-1', undefined) };
    expect(ids(spec, withoutWeb)).toEqual(['awaitService db healthy', 'createContainer shop-web-1']);
    expect(ids(spec, with_(withoutWeb, 'shop-db-1', { health: 'healthy' }))).toEqual([
      'createContainer shop-web-1',
    ]);
  });

  test('an agent whose sandbox was started again is made anew, its application restarted', () => {
    const spec = specOf(watched);
    const observed = with_(deployed(spec), 'shop-web-1.sandbox', { startedAt: 3000 });
    expect(ids(spec, observed)).toEqual([
      'stopContainer shop-web-1',
      'startContainer shop-web-1',
      'removeContainer shop-web-1.flows.probe',
      'createContainer shop-web-1.flows.probe',
    ]);
  });

  test('a firewall stands, with its rules, before the application starts', () => {
    const spec = specOf(guarded);
    const steps = stepsOf(spec, { ...nothing, images: deployed(spec).images });
    const waitsFor = (id: string) => steps.find((step) => step.id === id)?.after;
    expect(waitsFor('createContainer shop-db-1')).toContain('insertWire shop-db-1');
    expect(waitsFor('insertWire shop-db-1')).toContain('configureFunction shop-db-1.firewall');
    expect(waitsFor('configureFunction shop-db-1.firewall')).toEqual(
      expect.arrayContaining([
        'createSandbox shop-db-1',
        'createSandbox shop-web-1',
        'createContainer shop-db-1.firewall.guard',
      ]),
    );
  });

  test('a firewall is put around a service that runs, and taken away, without touching it', () => {
    const [open, closed] = [specOf(plain), specOf(guarded)];
    const images = deployed(closed).images;
    expect(ids(closed, { ...deployed(open), images })).toEqual([
      'createSandbox shop-db-1.firewall',
      'createContainer shop-db-1.firewall.guard',
      'configureFunction shop-db-1.firewall',
      'insertWire shop-db-1',
    ]);
    expect(ids(open, deployed(closed))).toEqual([
      'removeWire shop-db-1',
      'removeContainer shop-db-1.firewall.guard',
      'removeContainer shop-db-1.firewall.sandbox',
      'releaseFunction shop-db-1.firewall',
    ]);
  });

  test('rules that name a service are loaded again when it gets a new replica', () => {
    const free = guarded.replace(', ports: ["8080:80"]', '');
    const order = ids(specOf(free, { scale: { web: 2 } }), deployed(specOf(free)));
    expect(order).toContain('configureFunction shop-db-1.firewall');
    expect(order.indexOf('configureFunction shop-db-1.firewall')).toBeGreaterThan(
      order.indexOf('createSandbox shop-web-2'),
    );
  });

  test('a sandbox that was cut short before it was on all its networks is made anew with its pod', () => {
    const spec = specOf(watched);
    const torn = with_(deployed(spec), 'shop-web-1.sandbox', { state: 'created', networks: [] });
    const steps = stepsOf(spec, torn);
    expect(steps.find(({ id }) => id === 'createSandbox shop-web-1')).toMatchObject({
      reason: 'it is not on the network shop_default',
    });
    expect(ids(spec, torn)).toContain('removeContainer shop-web-1.sandbox');
    expect(ids(spec, torn, { mode: 'heal' })).toContain('createSandbox shop-web-1');
  });

  test('a project that Compose runs is refused', () => {
    const spec = specOf(plain);
    expect(() => ids(spec, { ...nothing, foreign: ['shop-web-1'] })).toThrow(
      /not Heddle's: there is container shop-web-1/,
    );
  });
});

describe('heal', () => {
  const heal = { mode: 'heal', settled: true, mayRestart: () => true } as const;

  test('does nothing when all is well, also when the file has changed since', () => {
    const changed = specOf(watched.replace('flows: true', 'flows: { version: 5 }'));
    expect(ids(changed, deployed(specOf(watched)), heal)).toEqual([]);
  });

  test('brings back an agent that ended, one that was removed, and a collector', () => {
    const spec = specOf(watched);
    const ended = with_(deployed(spec), 'shop-web-1.flows.probe', { state: 'stopped', exitCode: 1 });
    expect(ids(spec, ended, heal)).toEqual([
      'removeContainer shop-web-1.flows.probe',
      'createContainer shop-web-1.flows.probe',
    ]);
    const removed = with_(deployed(spec), 'shop.flows.collector', undefined);
    expect(ids(spec, removed, heal)).toEqual(['createContainer shop.flows.collector']);
  });

  test('a firewall whose agent ended is made anew, its wire never taken out', () => {
    const spec = specOf(guarded);
    const ended = with_(deployed(spec), 'shop-db-1.firewall.guard', { state: 'stopped', exitCode: 137 });
    expect(ids(spec, ended, heal)).toEqual([
      'removeContainer shop-db-1.firewall.guard',
      'createContainer shop-db-1.firewall.guard',
    ]);
  });

  test('starts an application’s container again only when its policy lets it', () => {
    const spec = specOf(plain);
    const ended = with_(deployed(spec), 'shop-web-1', { state: 'stopped', exitCode: 1 });
    expect(ids(spec, ended, { ...heal, mayRestart: () => false })).toEqual([]);
    expect(ids(spec, ended, heal)).toEqual(['startContainer shop-web-1']);
  });

  test('starts what a reboot ended whatever its policy, and not what had ended before', () => {
    const spec = specOf(plain);
    const rebooted = (finishedAt: number) => {
      const sandbox = with_(deployed(spec), 'shop-web-1.sandbox', { state: 'stopped', finishedAt: 600_000 });
      return with_(sandbox, 'shop-web-1', { state: 'stopped', exitCode: 0, finishedAt });
    };
    const never = { ...heal, mayRestart: () => false };
    const start = ['startSandbox shop-web-1', 'startContainer shop-web-1'];
    expect(ids(spec, rebooted(599_000), never)).toEqual(start);
    expect(ids(spec, rebooted(601_000), never)).toEqual(start);
    expect(ids(spec, rebooted(20_000), never)).toEqual(['startSandbox shop-web-1']);
  });

  test('makes an agent anew with its management link', () => {
    const spec = specOf(watched);
    const management = deployed(spec).management.filter(({ pod }) => pod !== 'shop-web-1');
    expect(ids(spec, { ...deployed(spec), management }, heal)).toEqual([
      'connectManagement shop-web-1',
      'removeContainer shop-web-1.flows.probe',
      'createContainer shop-web-1.flows.probe',
    ]);
  });

  test('waits with an agent that shares the processes of an application until there are any', () => {
    const spec = specOf('services: { web: { image: x, x-heddle: { manage: { snmp: true } } } }');
    const agent = 'shop-web-1.snmp.agent';
    const ended = with_(deployed(spec), 'shop-web-1', { state: 'stopped', exitCode: 137 });
    const both = with_(ended, agent, { state: 'stopped', exitCode: 137 });
    const mayRestart = ({ name }: { name: string }) => name === agent;
    expect(ids(spec, both, { ...heal, mayRestart })).toEqual([]);
    expect(ids(spec, both, heal)).toEqual([
      'startContainer shop-web-1',
      `removeContainer ${agent}`,
      `createContainer ${agent}`,
    ]);
    const restarted = with_(both, 'shop-web-1', { state: 'running', startedAt: 3000 });
    expect(ids(spec, restarted, { ...heal, mayRestart: () => false })).toEqual([
      `removeContainer ${agent}`,
      `createContainer ${agent}`,
    ]);
  });

  test('after a reboot starts sandboxes, links and containers, in order', () => {
    const spec = specOf(watched);
    const containers = deployed(spec).containers.map((container) => ({
      ...container,
      state: 'stopped' as const,
    }));
    const order = ids(spec, { ...deployed(spec), containers, management: [] }, heal);
    for (const [before, after] of [
      ['startSandbox shop-web-1', 'connectManagement shop-web-1'],
      ['connectManagement shop-web-1', 'createContainer shop-web-1.flows.probe'],
      ['startSandbox shop-web-1', 'startContainer shop-web-1'],
    ] as const) {
      expect(order).toContain(before);
      expect(order.indexOf(before)).toBeLessThan(order.indexOf(after));
    }
  });

  test('leaves services alone that were stopped on purpose', () => {
    const spec = specOf(watched);
    const observed = { ...deployed(spec), containers: [] };
    expect(ids(spec, observed, { ...heal, stopped: new Set(['web', 'db']) })).toEqual([
      'createSandbox shop.flows',
      'connectManagement shop.flows',
      'createContainer shop.flows.collector',
    ]);
  });

  test('an application that never was up as a whole has only what exists healed', () => {
    const spec = specOf(plain);
    expect(ids(spec, nothing, { ...heal, settled: false })).toEqual([]);
  });
});
