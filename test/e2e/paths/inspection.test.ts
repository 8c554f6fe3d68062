import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InspectionRecord } from '../../../src/features/inspection/contract.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const text = (manage: string) => `
services:
  web: { ${tiny}, init: true, command: sh -c "head -c 5000000 /dev/urandom > /www/secret-file; exec busybox httpd -f -p 80 -h /www", x-heddle: { manage: { ${manage} } } }
  client: { ${tiny}, init: true }
`;
/** A greeting of TLS 1.2 (RFC 5246, 7.4.1.2) that offers one cipher suite and names no server. */
const hello = `16030100300100002c0303${'5a'.repeat(32)}000002c02f0100000100`;
/** A question for the address of example.com (RFC 1035, 4.1). */
const question = '123401000001000000000000076578616d706c6503636f6d0000010001';
const inspector = 'hseen-web-1.inspection.inspector';

describe('inspection', () => {
  const host = new TestHost({ HEDDLE_METRICS: '127.0.0.1:18983' });
  const project = host.project('hseen', text('inspection: true'));
  const client = (...command: string[]) => host.run('podman', ['exec', 'hseen-client-1', ...command]);
  const say = (bytes: string, ...where: string[]) => {
    const escaped = bytes.replaceAll(/../g, String.raw`\x$&`);
    return client('bash', '-c', `printf '${escaped}' | nc -w 1 ${where.join(' ')}`);
  };
  const fetch = () =>
    client('busybox', 'wget', '-q', '-O', '/dev/null', 'http://web/secret-file?token=hidden');
  const records = () => host.json<InspectionRecord[]>('inspection', 'web', ...project);
  const seen = async (application: string) =>
    (await records())
      .flatMap(({ applications }) => applications)
      .find((one) => one.application === application);

  beforeAll(() => host.ok('up', ...project));
  afterAll(() => host.remove());

  test('names what a service speaks, and counts it', async () => {
    await until('the service answers', async () => (await fetch()).code === 0);
    const before = (await seen('HTTP'))?.egress.bytes ?? 0;
    expect(await fetch()).toMatchObject({ code: 0 });
    await until('its bytes are counted', async () => {
      const now = (await seen('HTTP'))?.egress.bytes ?? 0;
      return now - before >= 5_000_000;
    });
    const http = await seen('HTTP');
    // Two files, what is around them, and no more.
    expect(http?.egress.bytes).toBeLessThan(2 * 5_000_000 * 1.1);
    expect(http?.ingress.bytes).toBeLessThan(1_000_000);
    expect(http?.protocol).toBe('HTTP');

    await say(question, '-u', 'web', '53');
    await say(hello, 'web', '80');
    for (const application of ['DNS', 'TLS'])
      await until(`${application} is named`, async () => ((await seen(application))?.flows ?? 0) > 0);
    expect(await host.ok('inspection', ...project)).toMatch(/hseen-web-1 +HTTP +HTTP +\d+ +\d+ /);
  });

  test('has metrics, a series an application', async () => {
    const scrape = async () => (await host.run('curl', ['-s', 'http://127.0.0.1:18983/metrics'])).stdout;
    await until('they are there', async () => {
      const line = (await scrape())
        .split('\n')
        .find((one) => one.startsWith('heddle_inspection_bytes_total') && one.includes('application="HTTP"'));
      return /project="hseen".*service="web"/.test(line ?? '');
    });
  });

  test('keeps nothing of what was said', async () => {
    await fetch();
    const kept = host.podman('exec', inspector, 'cat', '/dev/shm/inspection.json');
    expect(kept).not.toMatch(/secret|token|hidden|example/);
    expect(host.podman('logs', inspector)).toBe('');
    // What looks at the packets has no rights.
    const status = host.podman('exec', inspector, 'cat', '/proc/1/status');
    expect(status).toMatch(/CapEff:\t0+\n/);
    expect(host.podman('inspect', inspector, '--format', '{{.EffectiveCaps}}')).toBe('[CAP_NET_RAW]');
  });

  test('everything passes while it is down, and it comes back', async () => {
    const back = host.killContainer(inspector);
    expect(await fetch()).toMatchObject({ code: 0 });
    await back;
    await fetch();
    await until('it counts again', async () => ((await seen('HTTP'))?.flows ?? 0) > 0);
    await until('all is as its file says', async () =>
      (await host.heddle('plan', ...project)).stdout.includes('as its file says'),
    );
    expect(await host.ok('ps', ...project)).not.toContain('NOT GUARDED');
  });

  test('comes and goes while the service runs', async () => {
    const pid = () => host.podman('inspect', 'hseen-web-1', '--format', '{{.State.Pid}}');
    const before = pid();
    host.project('hseen', text(''));
    await host.ok('up', ...project);
    expect(await fetch()).toMatchObject({ code: 0 });
    const { code, stderr } = await host.heddle('inspection', ...project);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no service is inspected'),
    });
    host.project('hseen', text('inspection: true'));
    await host.ok('up', ...project);
    await fetch();
    await until('it is seen again', async () => ((await seen('HTTP'))?.flows ?? 0) > 0);
    expect(pid()).toBe(before);
  });

  test('down leaves nothing behind', async () => {
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('hseen')).toEqual([]);
  });
});
