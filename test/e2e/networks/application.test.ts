import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const file = `
services:
  web:
    ${tiny.replaceAll(/, (?=build:)/g, '\n    ')}
    ports: ["18080:80"]
    networks: [lab]
    scale: 1
    stop_grace_period: 1s
  db:
    image: localhost/heddle-test/tiny
    networks: { lab: { aliases: [store] } }
    scale: 2
    stop_grace_period: 1s
networks:
  lab: { x-heddle: { archetype: ip } }
`;

/** What of Heddle's networks is on this host. */
function leftovers(): string[] {
  const links = JSON.parse(execFileSync('ip', ['-j', 'link', 'show'], { encoding: 'utf8' }));
  return links.map(({ ifname }: { ifname: string }) => ifname).filter((name: string) => /^h[bp]/.test(name));
}

describe('an application on a network of an archetype', () => {
  const host = new TestHost();
  let project: string[];
  const fetch = (container: string, name: string) =>
    host.podman('exec', container, 'busybox', 'wget', '-q', '-O', '-', `http://${name}/`);
  const curl = () =>
    execFileSync('curl', ['-sS', '-m', '5', 'http://127.0.0.1:18080/'], { encoding: 'utf8' }).trim();

  beforeAll(async () => {
    project = host.project('netapp', file);
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('finds its services by every name, from both sides', () => {
    for (const name of ['db', 'store', 'netapp-db-1', 'netapp-db-2'])
      expect(fetch('netapp-web-1', name)).toBe('hello');
    for (const name of ['web', 'netapp-web-1']) expect(fetch('netapp-db-2', name)).toBe('hello');
  });

  test('publishes ports, and says so', async () => {
    expect(curl()).toBe('hello');
    expect(await host.ok('port', ...project, 'web', '80')).toContain('18080');
    expect(await host.ok('ps', ...project)).toContain('18080');
  });

  test('is in the networks of the host, and of nobody else', async () => {
    expect(await host.ok('net', 'ls')).toContain('netapp_lab');
    expect(host.podman('network', 'ls', '--format', '{{.Name}}')).not.toContain('netapp');
  });

  test('is as it should be, and nothing is planned', async () => {
    expect(await host.json('plan', ...project)).toEqual([]);
  });

  test('gets its endpoint again when its sandbox was started again', async () => {
    host.podman('restart', '-t', '0', 'netapp-web-1.sandbox');
    await until('its port answers', () => curl() === 'hello');
    await until('it finds others', () => fetch('netapp-web-1', 'db') === 'hello');
  });

  test('leaves nothing', async () => {
    await host.ok('down', ...project);
    expect(leftovers()).toEqual([]);
    expect(await host.ok('net', 'ls')).not.toContain('netapp');
  });
});
