import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import type { FlowRecord } from '../../../src/features/flows/contract.ts';
import type { InspectRecord } from '../../../src/monitor/inspect/record.ts';
import { TestHost } from '../../support/host.ts';
import { installedCommand } from '../../support/installed.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

/** Tries to connect as long as it lives, and says each time how it went. */
const trying = (host: string) =>
  `sh -c "while true; do nc -z -w 1 ${host} 80 && echo reached || echo denied; sleep 0.2; done"`;
const db = '10.93.7.10';
const text = `
services:
  db: { ${tiny}, init: true, networks: { default: { ipv4_address: ${db} } }, x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }
  web: { ${tiny}, init: true, depends_on: [db], command: ${trying(db)}, x-heddle: { manage: { flows: true } } }
  stranger: { ${tiny}, init: true, command: ${trying(db)} }
  idle: { ${tiny}, init: true }
networks: { default: { ipam: { config: [{ subnet: 10.93.7.0/24 }] } } }
`;

describe('a reboot', () => {
  const host = new TestHost();
  let project: string[];
  let began: string;
  const status = async () => host.json<ContainerStatus[]>('ps', '--all', ...project);
  const said = (service: string) => host.podman('logs', '--since', began, `insboot-${service}-1`).split('\n');

  /** What a reboot ends and clears; what the engine and the node keep on disk stays. */
  const reboot = async () => {
    await host.killNode();
    host.killEngine();
    host.podman('stop', '-t', '0', '--filter', 'label=io.heddle.project=insboot');
    for (const name of host.leftovers('insboot').filter((left) => left.startsWith('heddle-'))) {
      await host.run('ip', ['netns', 'delete', name.split(' ')[0] ?? '']);
    }
    rmSync(host.runDir, { recursive: true });
  };

  beforeAll(async () => {
    project = host.project('insboot', text);
    await host.ok('up', ...project);
    await host.ok('stop', 'idle', ...project);
    await reboot();
    expect(
      (await host.run('podman', ['ps', '-q', '--filter', 'label=io.heddle.project=insboot'])).stdout,
    ).toBe('');
    began = new Date().toISOString();
    const log = openSync(path.join(host.folder, 'node.log'), 'a');
    // As the unit does it: the node alone, and no `up`.
    spawn(installedCommand, ['node'], { env: host.env, detached: true, stdio: ['ignore', log, log] }).unref();
    // Before a command would start another.
    await until('the node answers', async () => (await host.nodePid()) > 0);
    await until('everything runs again', async () =>
      (await status()).every((row) => row.state === 'running' || row.service === 'idle'),
    );
  });
  afterAll(() => host.remove());

  test('ends with everything as it was wanted, and what was stopped stays so', async () => {
    const rows = await status();
    expect(rows.find(({ name }) => name === 'insboot-idle-1')?.state).not.toBe('running');
    expect(rows.filter(({ state }) => state === 'running').map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'insboot-db-1',
        'insboot-db-1.firewall.guard',
        'insboot-stranger-1',
        'insboot-web-1',
        'insboot-web-1.flows.probe',
        'insboot.flows.collector',
      ]),
    );
    const records = await host.json<InspectRecord[]>('inspect', 'db', 'web', ...project);
    for (const { name, differences } of records) expect(differences, name).toEqual([]);
  });

  test('starts services in the order of depends_on, and the firewall before the service', async () => {
    const rows = await status();
    const at = (name: string) => Date.parse(rows.find((row) => row.name === name)?.startedAt ?? '');
    expect(at('insboot-db-1')).toBeLessThanOrEqual(at('insboot-web-1'));
    expect(at('insboot-db-1.firewall.sandbox')).toBeLessThan(at('insboot-db-1'));
  });

  test('lets nothing pass the firewall at any moment that it should not', async () => {
    await until('web reaches db', () => said('web').includes('reached'));
    const denied = () => said('stranger').filter((line) => line === 'denied').length;
    const before = denied();
    await until('the stranger has tried again', () => denied() > before + 2);
    expect(said('stranger')).not.toContain('reached');
  });

  test('lets flows arrive again', async () => {
    await until('a flow is seen', async () => {
      const flows = await host.json<FlowRecord[]>('flows', 'web', ...project, '--since', began);
      return flows.some(({ destination }) => destination.service === 'db' && destination.port === 80);
    });
  });
});
