import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InspectRecord } from '../../../src/monitor/inspect/record.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const text = `
services:
  web: { ${tiny}, init: true, volumes: ["data:/data"], networks: [front, back], x-heddle: { manage: { flows: true, snmp: true } } }
  db: { ${tiny}, init: true, command: sleep infinity, user: "1000", networks: [back], cap_drop: [ALL], x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] } } } }
networks: { front: {}, back: {} }
volumes: { data: {} }
x-heddle: { manage: { latency: [{ from: web, to: db }] } }
`;

describe('inspect', () => {
  const host = new TestHost();
  let project: string[];
  const inspect = (...services: string[]) => host.json<InspectRecord[]>('inspect', ...services, ...project);
  const of = async (name: string) => {
    const record = (await inspect()).find((each) => each.name === name);
    if (!record) throw new Error(`inspect shows no ${name}`);
    return record;
  };

  beforeAll(async () => {
    project = host.project('insp', text);
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('finds every container of the four features as it was declared', async () => {
    const records = await inspect();
    expect(records.map(({ name }) => name)).toEqual([
      'insp-db-1',
      'insp-db-1.firewall.guard',
      'insp-web-1',
      'insp-web-1.flows.probe',
      'insp-web-1.snmp.agent',
      'insp.flows.collector',
      'insp.latency.db.reflector.reflector',
      'insp.latency.web-db.sender.sender',
      'insp.snmp.collector',
    ]);
    for (const { name, differences } of records) expect(differences, name).toEqual([]);
    expect((await host.heddle('inspect', '--check', ...project)).code).toBe(0);
    expect((await inspect('db')).every(({ service }) => service === 'db')).toBe(true);
  });

  test('says what an agent shares, may do and is connected to, and how it was found', async () => {
    const probe = await of('insp-web-1.flows.probe');
    expect(probe.observed).toMatchObject({
      sharing: 'network',
      namespaces: { network: 'insp-web-1.sandbox', pid: 'own', mount: 'own' },
      capabilities: ['NET_RAW'],
      noNewPrivileges: true,
      networks: [
        { network: 'insp_back', path: [] },
        { network: 'insp_front', path: [] },
      ],
      management: 'isolated',
    });
    expect(probe.how?.namespaces).toContain(`/proc/${probe.pid}/ns/net is that of insp-web-1.sandbox`);
    const agent = await of('insp-web-1.snmp.agent');
    expect(agent.observed).toMatchObject({
      sharing: 'network+pid+mounts',
      namespaces: { pid: 'insp-web-1' },
    });
    const db = await of('insp-db-1');
    expect(db.observed?.networks).toEqual([{ network: 'insp_back', path: ['insp-db-1.firewall'] }]);
    expect(db.observed?.capabilities).toEqual([]);
    const guard = await of('insp-db-1.firewall.guard');
    expect(guard.observed).toMatchObject({ sharing: 'none', capabilities: ['NET_ADMIN'], networks: [] });
  });

  test('reports rights that somebody gave a program in an agent', async () => {
    const program = host.podman('exec', '-d', '--privileged', 'insp-web-1.flows.probe', 'sleep', '1000');
    expect(program).not.toBe('');
    const probe = await of('insp-web-1.flows.probe');
    expect(probe.asDeclared).toBe(false);
    expect(probe.differences.join()).toMatch(/capabilities that were not declared: .*SYS_ADMIN/);
    const shown = await host.heddle('inspect', '--check', ...project);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toContain('NOT AS DECLARED insp-web-1.flows.probe');
    host.podman('kill', 'insp-web-1.flows.probe');
    await until('the probe is back as declared', async () => (await of('insp-web-1.flows.probe')).asDeclared);
  });

  test('reports an agent that somebody made again with more than was declared', async () => {
    await host.killNode();
    const name = 'insp-web-1.flows.probe';
    const [{ Config, ImageName }] = JSON.parse(host.podman('inspect', name)) as [
      { Config: { Labels: Record<string, string>; Env: string[] }; ImageName: string },
    ];
    host.podman('rm', '-f', '-t', '0', name);
    host.podman(
      'run',
      '-d',
      '--name',
      name,
      ...Object.entries(Config.Labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...Config.Env.flatMap((variable) => ['--env', variable]),
      '--network=container:insp-web-1.sandbox',
      '--pid=container:insp-web-1',
      '--cap-drop=ALL',
      '--cap-add=NET_RAW,NET_ADMIN',
      '--volume=/usr/share:/host:ro',
      ImageName,
    );
    await host.ok('up', ...project);
    const probe = await of(name);
    expect(probe.declared.capabilities).toEqual(['NET_RAW']);
    expect(probe.observed?.capabilities).toEqual(['NET_ADMIN', 'NET_RAW']);
    expect(probe.asDeclared).toBe(false);
    expect(probe.differences).toEqual([
      'it shares network+pid; declared: network',
      'its pid namespace is that of insp-web-1; declared: its own',
      'it has capabilities that were not declared: NET_ADMIN',
      'running a program can give it more rights; declared: no new privileges',
      '/usr/share is mounted at /host (read-only), which was not declared',
    ]);
    host.podman('rm', '-f', '-t', '0', name);
    await until('the probe is back as declared', async () => (await of(name)).asDeclared);
  });

  test('reports a port on the management bridge that is not isolated any more', async () => {
    const ip = async (...args: string[]) => {
      const { code, stdout, stderr } = await host.run('ip', ['-n', 'heddle-insp', ...args]);
      expect(code, stderr).toBe(0);
      return stdout;
    };
    const links = (await ip('-o', 'link', 'show')).split('\n');
    const port =
      links.find((line) => /alias insp-web-1(\s|\\|$)/.test(line))?.match(/^\d+: ([^@:]+)/)?.[1] ?? '';
    // The node puts it right at its next look, which may come at once.
    await until('the open port is reported', async () => {
      await ip('link', 'set', port, 'type', 'bridge_slave', 'isolated', 'off');
      const { differences } = await of('insp-web-1.flows.probe');
      expect(differences).toEqual(['its management link is: open; declared: isolated']);
      return true;
    });
    await until('it is isolated again', async () => (await of('insp-web-1.flows.probe')).asDeclared);
  });

  test('says of an agent that does not run that it does not', async () => {
    await host.ok('stop', 'web', ...project);
    const web = await of('insp-web-1');
    expect(web).toMatchObject({
      observed: null,
      how: null,
      asDeclared: false,
      differences: ['it does not run'],
    });
  });
});
