import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LatencyRecord } from '../../../src/features/latency/contract.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const text = `
services:
  web: { ${tiny}, stop_grace_period: 1s }
  db: { ${tiny}, stop_grace_period: 1s }
networks:
  default: { enable_ipv6: true, ipam: { config: [{ subnet: 10.184.61.0/24 }, { subnet: "fd84:61::/64" }] } }
x-heddle:
  manage:
    latency:
      - { from: web, to: db, every: 50ms, objective: { p50: 500ms, loss: 1% } }
      - { from: db, to: web, every: 100ms, ip: 6, objective: { p50: 0.001ms } }
`;
const sender = 'hlatency.latency.web-db.sender.sender';
const reflector = 'hlatency.latency.db.reflector.reflector';

describe('latency', () => {
  const host = new TestHost();
  let project: string[];

  const measured = async (from: string, to: string, since: number) => {
    const window = ['--since', new Date(since).toISOString()];
    const [record] = await host.json<LatencyRecord[]>('latency', from, to, ...project, ...window);
    return record!;
  };
  /** What was measured of late, of some run in which the machine was not too busy to answer in time. */
  const undisturbed = async (from: string, to: string) => {
    let record: LatencyRecord | undefined;
    await until('a run loses nothing', async () => {
      record = await measured(from, to, Date.now() - 15_000);
      return record.packets.received >= 50 && record.loss === 0;
    });
    return record!;
  };

  beforeAll(async () => {
    project = host.project('hlatency', text);
    await host.ok('up', ...project);
  });
  afterAll(() => host.remove());

  test('delays there and back are measured, on one clock, and nothing is lost', async () => {
    const record = await undisturbed('web', 'db');
    expect(record).toMatchObject({
      from: 'web',
      to: 'db',
      address: expect.stringMatching(/^10\.184\.61\.\d+:2112$/),
      loss: 0,
      clockErrorBound: { milliseconds: 0.000001, basis: 'same clock' },
      lastFailure: null,
    });
    for (const { min, median, p99, max } of [record.sendDelay!, record.receiveDelay!, record.roundTrip!]) {
      expect(min).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(min);
      expect(p99).toBeGreaterThanOrEqual(median);
      expect(max).toBeGreaterThanOrEqual(p99);
    }
  });

  test('over IPv6 the same, when that is asked for', async () => {
    const record = await undisturbed('db', 'web');
    expect(record).toMatchObject({ address: expect.stringMatching(/^\[fd84:61::.*\]:2112$/), loss: 0 });
  });

  test('the objective is met or missed, with the figure', async () => {
    const [kept, broken] = [await undisturbed('web', 'db'), await undisturbed('db', 'web')];
    expect(kept.objective).toEqual([
      { figure: 'p50', limit: 500, observed: kept.sendDelay?.median, met: true },
      { figure: 'loss', limit: 1, observed: 0, met: true },
    ]);
    expect(broken.objective).toEqual([
      { figure: 'p50', limit: 0.001, observed: broken.sendDelay?.median, met: false },
    ]);
    const window = ['--since', kept.first!];
    const printed = await host.ok('latency', ...project, ...window);
    expect(printed).toMatch(/^web +db .* p50 ≤ 500ms met, loss ≤ 1% \w+$/m);
  });

  test('agents share nothing and have no capability', () => {
    for (const container of [sender, reflector]) {
      expect(host.podman('exec', container, 'grep', 'CapBnd', '/proc/self/status')).toMatch(/\b0{16}$/);
      expect(host.podman('exec', container, 'cat', '/proc/sys/net/ipv4/ip_forward')).toBe('0');
    }
  });

  test('a reflector that dies is loss, and is back without the sender noticing', async () => {
    const before = host.lifeOf(sender);
    const killed = Date.now();
    host.podman('kill', reflector);
    await until('the loss is reported', async () => {
      // The run that was cut off began up to five seconds before.
      const { packets, loss } = await measured('web', 'db', killed - 6_000);
      return packets.lost > 0 && loss! > 0;
    });
    await until('a later run loses nothing', async () => {
      const later = await measured('web', 'db', Date.now() - 7_000);
      return later.packets.received > 0 && later.loss === 0;
    });
    expect(host.lifeOf(sender)).toBe(before);
  });

  test('what was measured outlives the sender', async () => {
    const { first } = await measured('web', 'db', 0);
    await host.killContainer(sender);
    expect((await measured('web', 'db', 0)).first).toBe(first);
  });

  test('a second up does nothing', async () => {
    await until(
      'everything is as planned',
      async () => (await host.json<unknown[]>('plan', ...project)).length === 0,
    );
    const { stderr } = await host.heddle('up', ...project);
    expect(stderr.trim()).toBe('hlatency is as its file says');
  });

  test('what is not measured is said, with what to write', async () => {
    const { code, stderr } = await host.heddle('latency', 'web', 'web', ...project);
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_FEATURE_IMPOSSIBLE');
    expect((await host.heddle('latency', 'wep', ...project)).stderr).toContain('ERR_SERVICE_UNKNOWN');
  });

  test('down leaves nothing behind', async () => {
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('hlatency')).toEqual([]);
  });
});
