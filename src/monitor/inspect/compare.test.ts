import { describe, expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { differences } from './compare.ts';
import { declaredStanding } from './declared.ts';
import type { Standing } from './record.ts';

const spec = specOf(`
services:
  web:
    image: web
    user: "1000"
    cap_drop: [NET_RAW]
    volumes: ["data:/data", "/srv/conf:/conf:ro"]
    x-heddle: { manage: { flows: true, snmp: true, firewall: true } }
  debug: { image: debug, network_mode: "service:web", pid: host, privileged: true }
volumes: { data: {} }
`);

/** What is declared of a container, by its name after the project's. */
function declared(name: string): Standing {
  const pod = spec.pods.find(({ containers }) => containers.some((each) => each.name === `shop${name}`))!;
  const container = pod.containers.find((each) => each.name === `shop${name}`)!;
  return declaredStanding(spec, pod, container, { folder: '/state', real: (path) => path });
}

describe('what is declared', () => {
  test('of an agent is what its template asks for', () => {
    expect(declared('-web-1.flows.probe')).toEqual({
      sharing: 'network',
      namespaces: { network: 'shop-web-1.sandbox', pid: 'own', mount: 'own', ipc: 'own', uts: 'own' },
      capabilities: ['NET_RAW'],
      noNewPrivileges: true,
      mounts: [],
      networks: [{ network: 'shop_default', path: ['shop-web-1.firewall'] }],
      management: 'isolated',
    });
  });

  test('of an agent that sees the service’s files are its volumes, read-only', () => {
    const { namespaces, mounts, sharing } = declared('-web-1.snmp.agent');
    expect(sharing).toBe('network+pid+mounts');
    expect(namespaces.pid).toBe('shop-web-1');
    expect(mounts).toContainEqual({ source: 'volume shop_data', target: '/service/data', readOnly: true });
    expect(mounts).toContainEqual({ source: '/srv/conf', target: '/service/conf', readOnly: true });
    expect(mounts).toContainEqual({
      source: '/state/secrets/snmp/web',
      target: '/run/heddle/secret',
      readOnly: true,
    });
  });

  test('of a service is what its file asks for; a user other than root can still reach what the engine gives', () => {
    const { capabilities, sharing } = declared('-web-1');
    expect(sharing).toBeNull();
    expect(capabilities).toContain('CHOWN');
    expect(capabilities).not.toContain('NET_RAW');
    const debug = declared('-debug-1');
    expect(debug.namespaces).toMatchObject({ network: 'shop-web-1.sandbox', pid: 'host' });
    expect(debug.capabilities).toEqual(['ALL']);
  });

  test('of a collector is its folder, and a port that all agents reach', () => {
    expect(declared('.flows.collector')).toMatchObject({
      sharing: 'none',
      capabilities: [],
      mounts: [{ source: '/state/flows', target: '/var/lib/flows', readOnly: false }],
      networks: [],
      management: 'open',
    });
  });
});

describe('what is observed is not as declared', () => {
  const probe = declared('-web-1.flows.probe');
  const agent = declared('-web-1.snmp.agent');
  const namespaces = (kinds: Partial<Standing['namespaces']>) => ({
    namespaces: { ...probe.namespaces, ...kinds },
  });
  const etc = { source: '/etc', target: '/host', readOnly: false };

  test.each<[string, Partial<Standing>]>([
    ['it shares network+pid; declared: network', { sharing: 'network+pid' }],
    ["its pid namespace is the host's; declared: its own", namespaces({ pid: 'host' })],
    [
      'its network namespace is its own; declared: that of shop-web-1.sandbox',
      namespaces({ network: 'own' }),
    ],
    [
      'it has capabilities that were not declared: NET_ADMIN, SYS_ADMIN',
      { capabilities: ['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN'] },
    ],
    ['running a program can give it more rights; declared: no new privileges', { noNewPrivileges: false }],
    ['/etc is mounted at /host (writable), which was not declared', { mounts: [etc] }],
    ['it is not on the network shop_default', { networks: [] }],
    [
      'its traffic on shop_default does not pass shop-web-1.firewall',
      { networks: [{ network: 'shop_default', path: [] }] },
    ],
    [
      'it is on other, which was not declared',
      { networks: [...probe.networks, { network: 'other', path: [] }] },
    ],
    ['its management link is: open; declared: isolated', { management: 'open' }],
  ])('when %s', (text, change) => {
    expect(differences(probe, { ...probe, ...change })).toEqual([text]);
  });

  test('when a mount is another one, is writable, or is not there', () => {
    const change = (target: string, to: object) =>
      differences(agent, {
        ...agent,
        mounts: agent.mounts.map((mount) => (mount.target === target ? { ...mount, ...to } : mount)),
      });
    expect(change('/service/data', { readOnly: false })).toEqual([
      '/service/data is writable; declared: read-only',
    ]);
    expect(change('/service/conf', { source: '/etc' })).toEqual([
      '/etc is mounted at /service/conf; declared: /srv/conf',
    ]);
    expect(differences(agent, { ...agent, mounts: [] })).toContain(
      'nothing is mounted at /service/data; declared: volume shop_data',
    );
  });
});

describe('what is observed is as declared', () => {
  const agent = declared('-web-1.snmp.agent');

  test('when it is the same', () => expect(differences(agent, agent)).toEqual([]));

  test('when a process has given rights up, and what followed from them', () => {
    expect(differences(agent, { ...agent, capabilities: [], sharing: 'network+pid' })).toEqual([]);
  });

  test('when there is an empty file system of its own, and when what is mounted has mounts below', () => {
    const mounts = [
      ...agent.mounts,
      { source: 'tmpfs', target: '/tmp', readOnly: false },
      { source: '/srv/conf/more', target: '/service/conf/more', readOnly: true },
    ];
    expect(differences(agent, { ...agent, mounts })).toEqual([]);
  });
});
