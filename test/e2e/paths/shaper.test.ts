import { afterAll, describe, expect, test } from 'vitest';
import type { ShaperRecord } from '../../../src/features/shaper/contract.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';
import { until } from '../../support/until.ts';

const text = (shaper: string) => `
services:
  web: { ${tiny}, init: true }
  db: { ${tiny}, init: true, x-heddle: { manage: { ${shaper} } } }
`;
/** Bytes a second. */
const [ingress, egress, less] = [2_000_000, 1_000_000, 500_000];
const limited = text('shaper: { ingress: 16mbit, egress: 8mbit }');
const changed = text('shaper: { ingress: 4mbit }');
const free = text('');

describe('a shaper', () => {
  const host = new TestHost();
  const project = host.project('hshape', free);
  const up = async (file: string) => {
    host.project('hshape', file);
    await host.ok('up', ...project);
  };
  const guard = 'hshape-db-1.shaper.shaper';
  const inside = (...command: string[]) =>
    host.run('ip', ['netns', 'exec', 'heddle-hshape-db-1.shaper', ...command]);
  const isAsWritten = async () => (await host.heddle('plan', ...project)).stdout.includes('as its file says');
  /** Bytes that a service has been sent. */
  const received = (service: string) => Number(host.podman('exec', `hshape-${service}-1`, 'cat', file));
  const file = '/sys/class/net/eth0/statistics/rx_bytes';

  const areThere = async () => {
    const [queues, rules] = await Promise.all([
      inside('tc', 'qdisc', 'show'),
      inside('nft', 'list', 'ruleset'),
    ]);
    const limited = [...queues.stdout.matchAll(/^qdisc tbf .* dev ([io])-/gm)].map(([, end]) => end);
    return limited.sort().join() === 'i,o' && rules.stdout.includes('"i-');
  };

  /**
   * Bytes a second that reach a service, over as long as it takes for some to come: never more than did, since the clock
   * is read before the first count and after the last.
   */
  const rateTo = async (service: string, atLeast: number) => {
    const began = performance.now();
    const before = received(service);
    let after = before;
    await until(`${service} has been sent ${atLeast} bytes`, () => {
      after = received(service);
      return after - before >= atLeast;
    });
    return ((after - before) * 1000) / (performance.now() - began);
  };
  /** A token bucket lets a burst pass at once, and the other direction is acknowledged in between. */
  const most = (rate: number) => rate * 1.4;
  const isFree = (service: string) =>
    until(`${service} is sent more than any limit allows`, async () => {
      return (await rateTo(service, 20_000_000)) > 4 * ingress;
    });

  afterAll(() => host.remove());

  test('bounds each direction of a service that runs, on a connection that stays open', async () => {
    await host.ok('up', ...project);
    const pid = () => host.podman('inspect', 'hshape-db-1', '--format', '{{.State.Pid}}');
    const before = pid();
    // One connection in each direction: whoever listens does so once, and nothing comes when the connection was lost.
    const run = (service: string, command: string) =>
      host.podman('exec', '-d', `hshape-${service}-1`, 'sh', '-c', command);
    run('db', 'nc -l -p 9000 > /dev/null');
    run('db', 'nc -l -p 9001 < /dev/zero');
    run('web', 'until nc db 9000 < /dev/zero; do sleep 0.1; done');
    run('web', 'until nc db 9001 > /dev/null; do sleep 0.1; done');
    await isFree('db');
    await isFree('web');

    await up(limited);
    expect(await rateTo('db', 3 * ingress)).toBeLessThan(most(ingress));
    expect(await rateTo('web', 3 * egress)).toBeLessThan(most(egress));

    await up(changed);
    expect(await rateTo('db', 3 * less)).toBeLessThan(most(less));
    // Its acknowledgements come in, and are limited with everything else.
    await until('what goes out has no limit', async () => (await rateTo('web', 3 * ingress)) > most(egress));

    await up(limited);
    expect(await rateTo('db', 3 * ingress)).toBeLessThan(most(ingress));
    expect(await rateTo('web', 3 * egress)).toBeLessThan(most(egress));
    expect(pid()).toBe(before);
    const [ingressSeen, egressSeen] = await host.json<ShaperRecord[]>('shaper', 'db', ...project);
    expect(ingressSeen).toMatchObject({ pod: 'hshape-db-1', direction: 'ingress', rate: ingress });
    expect(egressSeen).toMatchObject({ direction: 'egress', rate: egress });
    // TCP asks for more than there is, and finds out.
    expect(ingressSeen?.bytes).toBeGreaterThan(3 * ingress);
    expect(ingressSeen?.dropped).toBeGreaterThan(0);
  });

  test('holds while its agent is down', async () => {
    const back = host.killContainer(guard);
    expect(await rateTo('db', ingress)).toBeLessThan(most(ingress));
    await back;
    expect(await isAsWritten()).toBe(true);
  });

  test('lets nothing through to a port that has no queue yet', async () => {
    const listed = async (...command: string[]) => (await inside(...command)).stdout;
    const passable = async () =>
      (await listed('nft', 'list', 'set', 'bridge', 'heddle', 'limited')).includes('"i-99"');
    const agent = Number(host.podman('inspect', guard, '--format', '{{.State.Pid}}'));
    process.kill(agent, 'SIGSTOP');
    expect(await inside('ip', 'link', 'add', 'i-99', 'type', 'veth', 'peer', 'name', 'other')).toMatchObject({
      code: 0,
    });
    expect(await passable()).toBe(false);
    process.kill(agent, 'SIGCONT');
    await until('it may be passed', passable);
    expect(await listed('tc', 'qdisc', 'show', 'dev', 'i-99')).toContain('tbf 1: root');
    await inside('ip', 'link', 'del', 'i-99');
  });

  test.each([
    ['a queue', ['sh', '-c', 'tc qdisc del dev "$(ls /sys/class/net | grep ^i-)" root']],
    ['the rules', ['nft', 'flush', 'ruleset']],
  ])('is put back when somebody removes %s', async (_what, command) => {
    expect(await inside(...command)).toMatchObject({ code: 0 });
    await until('queues and rules are back', areThere);
    await until('all is as it was', isAsWritten);
    expect(await rateTo('db', ingress)).toBeLessThan(most(ingress));
  });

  test('that is taken out leaves the connections open, and no limit', async () => {
    await up(free);
    await isFree('db');
    await isFree('web');
  });

  test('stands before a service that is started with it, and after its sandbox was killed', async () => {
    await up(limited);
    await host.killContainer('hshape-db-1.sandbox');
    const fetch = async () =>
      (await host.run('podman', ['exec', 'hshape-web-1', 'nc', '-z', '-w', '1', 'db', '80'])).code === 0;
    await until('it answers again', fetch);
    await until('all is as it was', isAsWritten);
    host.podman('exec', '-d', 'hshape-db-1', 'sh', '-c', 'nc -l -p 9000 > /dev/null');
    host.podman('exec', '-d', 'hshape-web-1', 'sh', '-c', 'until nc db 9000 < /dev/zero; do sleep 0.1; done');
    expect(await rateTo('db', 2 * ingress)).toBeLessThan(most(ingress));
  });

  test('that limits nothing, or what no kernel can, is refused at its place', async () => {
    for (const [written, message] of [
      ['shaper: true', 'shaper: limits nothing'],
      ['shaper: { ingress: 10 mbit/s }', 'shaper.ingress: is not as it should be: As in tc(8)'],
      ['shaper: { ingress: 1bit }', 'shaper.ingress: has to be from 8kbit to 100gbit'],
    ] as const) {
      host.project('hshape', text(written));
      const { code, stderr } = await host.heddle('plan', ...project);
      expect(stderr).toContain(message);
      expect(code).toBe(1);
    }
    host.project('hshape', limited);
  });

  test('down leaves nothing behind', async () => {
    await host.ok('down', ...project, '--volumes');
    expect(host.leftovers('hshape')).toEqual([]);
  });
});
