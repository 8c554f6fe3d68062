import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { plainOneOff } from '../../test/support/one-off.ts';
import type { OneOff } from './one-off.ts';

const text = `
services:
  web:
    image: a
    command: [serve]
    entrypoint: [/run]
    ports: ["8080:80"]
    environment: { A: "1", B: "2" }
    volumes: ["data:/data", "logs:/logs"]
    restart: always
    networks: { default: { aliases: [www], ipv4_address: 10.1.0.9 } }
    x-heddle: { manage: { flows: true, firewall: true } }
volumes: { data: {}, logs: {} }
networks: { default: { ipam: { config: [{ subnet: 10.1.0.0/24 }] } } }
`;
const asked: OneOff = {
  service: 'web',
  name: 'shop-web-run-1',
  ...plainOneOff,
};

function made(change: Partial<OneOff> = {}) {
  const { pods } = specOf(text, { oneOff: { ...asked, ...change } });
  const pod = pods.find(({ role }) => role === 'oneoff');
  const [container] = pod?.containers ?? [];
  if (!pod || !container || pod.sandbox.kind !== 'own') throw new Error('there is no such pod');
  return { pods, pod, container, sandbox: pod.sandbox };
}

describe('a container beside the replicas of a service', () => {
  test('is as they are, without what only one of them can have', () => {
    const { pod, container, sandbox } = made();
    expect(pod).toMatchObject({ name: 'shop-web-run-1', role: 'oneoff', service: 'web' });
    expect(pod).not.toHaveProperty('index');
    expect(container).toMatchObject({ command: ['serve'], entrypoint: ['/run'], image: 'a' });
    expect(container.restart.condition).toBe('no');
    expect(sandbox.ports).toEqual([]);
    expect(sandbox.networks).toEqual([
      expect.objectContaining({ network: 'shop_default', aliases: ['shop-web-run-1'] }),
    ]);
    expect(JSON.stringify(sandbox.networks)).not.toContain('10.1.0.9');
    expect(container.labels).not.toHaveProperty('com.docker.compose.container-number');
    expect(container.labels).toHaveProperty('com.docker.compose.oneoff', 'True');
  });

  test('has another command, and with another entrypoint none of the service’s', () => {
    expect(made({ command: ['x'] }).container).toMatchObject({ command: ['x'], entrypoint: ['/run'] });
    expect(made({ entrypoint: ['/bin/sh'] }).container).toMatchObject({
      command: [],
      entrypoint: ['/bin/sh'],
    });
  });

  test('has variables over those of the service, and mounts in place of those at the same path', () => {
    const { container } = made({
      environment: { B: '3' },
      mounts: [{ type: 'tmpfs', target: '/data' }] as unknown as OneOff['mounts'],
    });
    expect(container.environment).toMatchObject({ A: '1', B: '3' });
    expect(container.mounts.map(({ type, target }) => `${type} ${target}`).sort()).toEqual([
      'tmpfs /data',
      'volume /logs',
    ]);
  });

  test('publishes the service’s ports, and answers to its names, only when that is asked for', () => {
    const { sandbox } = made({ servicePorts: true, useAliases: true });
    expect(sandbox.ports).toHaveLength(1);
    expect(sandbox.networks[0]?.aliases).toContain('www');
  });

  test('is guarded as they are, and not measured', () => {
    const { pods, pod } = made();
    expect(pod.path).toEqual(['shop-web-run-1.firewall']);
    expect(pods.find(({ name }) => name === 'shop-web-run-1.firewall')).toMatchObject({
      role: 'function',
      oneOff: true,
    });
    expect(pod.containers.map(({ key }) => key)).toEqual(['app']);
  });
});
