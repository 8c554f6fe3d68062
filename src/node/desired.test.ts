import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { guarded, plain } from '../../test/support/planned.ts';
import { definitionOf, networkDefinitionOf } from '../deploy/definition.ts';
import { emptySpec } from '../selector/empty-spec.ts';
import { fromRecord, toRecord } from '../state/record.ts';
import { type Desired, desiredRecord } from './desired.ts';

const everything = `
name: shop
services:
  web:
    image: nginx:1.27
    ports: ["8080:80", "127.0.0.1:8443:443"]
    depends_on: { db: { condition: service_healthy, restart: true } }
    networks: { front: { aliases: [www] }, back: { ipv4_address: 10.97.0.5 } }
    environment: { TUNE: fast }
    configs: [site]
    x-heddle:
      manage:
        flows: { version: 9, budget: { cpu: 2%, memory: 64M } }
        snmp: true
        firewall: { ingress: [{ ports: ["80/tcp"], from: [any], rate: 200/s per source }, { from: ["192.0.2.0/24"] }], egress: allow, log: denied }
      edge: { as: shop, ports: { http: { port: 80, application: http } } }
    deploy: { replicas: 1, resources: { limits: { cpus: "0.5", memory: 128M } } }
  db:
    image: mariadb:11
    container_name: shop-database
    volumes: ["data:/var/lib/mysql", { type: tmpfs, target: /tmp }]
    networks: [back]
    healthcheck: { test: [CMD, "/bin/true"], interval: 2s }
    restart: unless-stopped
    x-heddle: { manage: { flows: true, firewall: { ingress: [{ ports: ["3306/tcp"], from: [web] }] } } }
  worker: { image: busybox, command: [sleep, infinity], networks: [back], post_start: [{ command: [/bin/true] }] }
x-heddle: { manage: { latency: [{ from: web, to: db, every: 200ms, objective: { p99: 20ms } }] } }
networks:
  front: { driver_opts: { mtu: "1400" } }
  back: { internal: true, ipam: { config: [{ subnet: 10.97.0.0/24 }] } }
  other: { external: true, name: elsewhere }
volumes: { data: { labels: { keep: "yes" } } }
configs: { site: { content: "server {}" } }
`;

/** As it was written before records bore a version. */
const unversioned = new URL('../../test/fixtures/state/application-unversioned.json', import.meta.url);
const stored = () => JSON.parse(readFileSync(unversioned, 'utf8'));
const read = (value: unknown) => fromRecord(desiredRecord, value, 'shop', 'it');
/** A stored record with a change somewhere in it. */
const mangled = (change: (record: ReturnType<typeof stored>) => void) => {
  const record = stored();
  change(record);
  return record;
};

describe('what is stored of an application', () => {
  test('names its objects as those are labelled that were made from it', () => {
    const before = stored().spec;
    const { spec } = read(stored());
    expect(spec.networks.map(networkDefinitionOf)).toEqual(before.networks);
    expect(new Set(spec.networks.map(({ owner }) => owner))).toEqual(new Set(['engine']));
    const parts = ({ pods }: Pick<typeof spec, 'pods'>) =>
      pods.flatMap(({ sandbox, containers }) => [sandbox, ...containers.map(definitionOf)]);
    expect(parts(spec)).toEqual(parts(before));
  });

  test('was written before there were versions, and is what was wanted', () => {
    const desired: Desired = read(stored());
    expect(desired).toMatchObject({ stopped: ['worker'], settled: true, removed: ['shop-worker-1'] });
    for (const { pods } of [desired.spec, desired.earlier ?? desired.spec]) {
      const named = (name: string) => pods.find((pod) => pod.name === name);
      expect(named('shop-web-1')?.path).toEqual(['shop-web-1.firewall']);
      expect(named('shop-worker-1')?.path).toEqual([]);
      expect(named('shop-web-1.firewall')?.function).toEqual({
        kind: 'firewall',
        pod: 'shop-web-1',
        settings: {
          ingress: [
            {
              ports: [{ protocol: 'tcp', from: 80, to: 80 }],
              peers: [{ kind: 'any' }],
              rate: { count: 200, per: 'second' },
            },
            { ports: [], peers: [{ kind: 'cidr', family: 4, cidr: '192.0.2.0/24' }] },
          ],
          egress: 'allow',
          log: 'denied',
        },
      });
    }
    expect(read(toRecord(desiredRecord, desired))).toEqual(desired);
  });

  test.each([
    [
      'a place in the state folder that leads out of it',
      (record) => {
        record.spec.pods[0].containers[0].mounts = [
          { type: 'state', source: '../../etc', target: '/x', readOnly: false },
        ];
      },
    ],
    [
      'the specification before, cut off',
      (record) => {
        record.earlier = { project: 'shop' };
      },
    ],
    [
      'no pods',
      (record) => {
        record.spec.pods = undefined;
      },
    ],
    [
      'an address in a firewall that is none',
      (record) => {
        const fn = record.spec.pods.find((pod: { function?: object }) => pod.function);
        fn.function.rules.ingress = [
          { ports: [], peers: [{ kind: 'cidr', family: 4, cidr: '1.2.3.4/8 } drop' }] },
        ];
      },
    ],
    [
      'another project’s specification',
      (record) => {
        record.spec.project = 'other';
      },
    ],
    [
      'no list of what is stopped',
      (record) => {
        record.stopped = 'worker';
      },
    ],
  ] satisfies [string, Parameters<typeof mangled>[0]][])('is refused with %s', (_, change) => {
    expect(() => read(mangled(change))).toThrow(expect.objectContaining({ code: 'ERR_STATE' }));
  });

  test('can be read again, whatever the selector makes', () => {
    for (const spec of [specOf(everything), specOf(plain), specOf(guarded), emptySpec('shop')]) {
      const desired: Desired = { spec, stopped: [], settled: false };
      expect(read(JSON.parse(JSON.stringify(toRecord(desiredRecord, desired))))).toEqual(desired);
    }
  });

  test('is refused in the words of a newer version', () => {
    const newer = { ...toRecord(desiredRecord, read(stored())), version: 99 };
    expect(() => read(newer)).toThrow(expect.objectContaining({ code: 'ERR_STATE_NEWER' }));
  });
});
