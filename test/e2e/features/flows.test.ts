import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowRecord } from '../../../src/features/flows/contract.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const text = `
services:
  web: { ${tiny}, stop_grace_period: 1s, ports: ["127.0.0.1:18180:80"], depends_on: [db], x-heddle: { manage: { flows: true } } }
  db: { ${tiny}, stop_grace_period: 1s }
`;

describe('flows', () => {
  const host = new TestHost();
  let project: string[];

  beforeAll(async () => {
    project = host.project('hflows', text);
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('a connection on a quiet link is shown, with the names of the services', async () => {
    const before = Date.now();
    host.podman('exec', 'hflows-web-1', 'busybox', 'wget', '-q', '-O', '/dev/null', 'http://db/');
    const seen = async () => {
      const since = new Date(before - 1000).toISOString();
      return host.json<FlowRecord[]>(
        'flows',
        ...project,
        '--since',
        since,
        '--filter',
        'proto tcp and dst port 80',
      );
    };
    await until('the flow is shown', async () => (await seen()).length > 0);
    const [flow] = await seen();
    expect(flow).toMatchObject({
      protocol: 'tcp',
      exporters: ['hflows-web-1'],
      source: { service: 'web', pod: 'hflows-web-1' },
      destination: { service: 'db', pod: 'hflows-db-1', port: 80 },
    });
    expect(flow?.packets).toBeGreaterThanOrEqual(4);
  });

  test('a second up does nothing', async () => {
    const { stderr } = await host.heddle('up', ...project);
    expect(stderr.trim()).toBe('hflows is as its file says');
    expect(await host.json('plan', ...project)).toEqual([]);
  });

  test('nothing of the management link is in the flows', async () => {
    const flows = await host.json<FlowRecord[]>('flows', ...project);
    const ports = flows.flatMap((flow) => [flow.source.port, flow.destination.port]);
    expect(ports).toContain(80);
    expect(ports).not.toContain(2055);
  });

  test('old files are merged, with the flows that were in them', () => {
    const collector = (script: string) =>
      host.podman('exec', 'hflows.flows.collector', 'sh', '-euc', `cd /var/lib/flows; ${script}`);
    const flows = (folder: string) => collector(`nfdump -q -R ${folder} -o line | sort`);
    // Files with flows in them, as if they were of a day before.
    collector(`
      mkdir -p old/2026/01/02
      i=10
      for file in $(find . -name 'nfcapd.2*' -size +300c | head -5); do
        cp "$file" old/2026/01/02/nfcapd.202601020304$i
        i=$((i + 2))
      done`);
    const before = flows('old');
    expect(before.split('\n').length).toBeGreaterThan(1);
    collector('keep');
    expect(collector('ls old/2026/01/02')).toBe('nfcapd.202601020300');
    expect(flows('old')).toBe(before);
    collector('rm -r old');
  });

  test('down leaves nothing behind', async () => {
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('hflows')).toEqual([]);
  });
});
