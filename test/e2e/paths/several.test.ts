import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InspectionRecord } from '../../../src/features/inspection/contract.ts';
import type { ShaperRecord } from '../../../src/features/shaper/contract.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const firewall = 'firewall: { ingress: [{ ports: ["80/tcp"], from: [web] }] }';
const text = (manage: string) => `
services:
  web: { ${tiny}, init: true }
  stranger: { ${tiny}, init: true }
  db: { ${tiny}, init: true, command: sh -c "head -c 3000000 /dev/urandom > /www/file; exec busybox httpd -f -p 80 -h /www", x-heddle: { manage: { ${manage} } } }
`;

describe('three functions of the catalogue in one path', () => {
  const host = new TestHost();
  const project = host.project('hthree', text(`inspection: true, ${firewall}, shaper: { egress: 8mbit }`));
  const fetch = (service: string) =>
    host.run('podman', [
      'exec',
      `hthree-${service}-1`,
      ...['timeout', '10', 'busybox', 'wget'],
      ...['-q', '-O', '/dev/null', 'http://db/file'],
    ]);
  const each = async () => {
    const began = performance.now();
    expect(await fetch('web')).toMatchObject({ code: 0 });
    // It can take longer, and with 1 MB/s no less.
    expect(performance.now() - began).toBeGreaterThan(2000);
    expect((await fetch('stranger')).code).not.toBe(0);
    await until('it has a name', async () => {
      const [seen] = await host.json<InspectionRecord[]>('inspection', 'db', ...project);
      return (
        (seen?.applications.find(({ application }) => application === 'HTTP')?.egress.bytes ?? 0) > 3_000_000
      );
    });
    const [shaped] = await host.json<ShaperRecord[]>('shaper', 'db', ...project);
    expect(shaped?.bytes).toBeGreaterThan(3_000_000);
  };

  beforeAll(() => host.ok('up', ...project));
  afterAll(() => host.remove());

  test('do what each does alone', async () => {
    await until('the service answers', async () => (await fetch('web')).code === 0);
    await each();
  });

  test('do so in another order', async () => {
    host.project('hthree', text(`shaper: { egress: 8mbit }, ${firewall}, inspection: true`));
    await host.ok('up', ...project);
    await each();
    await until('all is as its file says', async () =>
      (await host.heddle('plan', ...project)).stdout.includes('as its file says'),
    );
  });

  test('are taken out one by one', async () => {
    host.project('hthree', text(firewall));
    await host.ok('up', ...project);
    expect(await fetch('web')).toMatchObject({ code: 0 });
    expect((await fetch('stranger')).code).not.toBe(0);
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('hthree')).toEqual([]);
  });
});
