import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bpftool } from '../../../src/networks/bpf/bpftool.ts';
import { digestOf, objectFile } from '../../../src/networks/bpf/object-file.ts';
import { entrances, type Group } from '../../../src/networks/path/patch/groups.ts';
import { Panel } from '../../../src/networks/path/patch/panel.ts';
import { frameOf, type Probe } from '../../../src/networks/path/proof/frame.ts';

// What the program in the kernel decides, frame by frame (BPF_PROG_TEST_RUN), read from what it notes.

const panel = new Panel('haffinity');
const group = 5;
const instances = [11, 12, 13];
/** Of the flows of one test. */
let scope = 77;
/** TC_ACT_SHOT and TC_ACT_REDIRECT. */
const [shot, redirected] = [2, 7];
const flag = { fin: 0x11, syn: 0x02, ack: 0x10, rst: 0x04 };

interface NotedFlow {
  readonly formatted: {
    readonly key: {
      readonly scope: number;
      readonly protocol: number;
      readonly ethertype: number;
      readonly port: readonly number[];
    };
    readonly value: { readonly instance: number; readonly spoken: number };
  };
}

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-test-'));
const send = async (frame: Buffer) => {
  const program = path.join(panel.folder, digestOf(objectFile('patch')), 'pass');
  const file = path.join(folder, 'frame');
  writeFileSync(file, frame);
  const { retval } = await bpftool<{ retval: number }>('prog', 'run', 'pinned', program, 'data_in', file);
  return retval;
};
const flows = async () =>
  (await bpftool<NotedFlow[]>('map', 'dump', 'pinned', path.join(panel.folder, 'flows'))).flatMap(
    ({ formatted: { key, value } }) => (key.scope === scope ? [{ ...key, ...value }] : []),
  );
const stand = (active: readonly number[], more: Partial<Group> = {}, all: readonly number[] = instances) => {
  const members = all.map((id) => ({
    id,
    outer: 10 * id,
    inner: 10 * id + 1,
    isActive: active.includes(id),
  }));
  return panel.gather([[group, { scope, place: 0, instances: members, ...more }]]);
};

const ends = {
  ipv4: { client: '10.0.0.1', server: '10.0.0.2' },
  ipv6: { client: 'fd00::1', server: 'fd00::2' },
} as const;
const macs = { client: '02:00:00:00:00:01', server: '02:00:00:00:00:02' };
/** One of a connection; `isBack`: from the server. */
const tcp = (
  port: number,
  flags: number,
  isBack = false,
  family: keyof typeof ends = 'ipv4',
  payload = true,
) => {
  const place = (who: 'client' | 'server') => ({ mac: macs[who], ip: ends[family][who] });
  const there = {
    source: place('client'),
    destination: place('server'),
    sourcePort: port,
    destinationPort: 80,
  };
  const back = {
    source: place('server'),
    destination: place('client'),
    sourcePort: 80,
    destinationPort: port,
  };
  const probe: Probe = { kind: 'tcp', isAnswer: false, ...(isBack ? back : there) };
  const frame = frameOf(probe, { secret: Buffer.alloc(16), number: 1, end: 0 });
  const header = family === 'ipv4' ? 34 : 54;
  frame.writeUInt8(flags, header + 13);
  return payload
    ? frame
    : Buffer.concat([frame.subarray(0, header + 20), Buffer.alloc(20)]).subarray(
        0,
        Math.max(60, header + 20),
      );
};
const ofPort = async (port: number) => (await flows()).find((flow) => flow.port.includes(port));

describe('a flow', () => {
  beforeAll(async () => {
    await panel.make();
    await panel.note([[1, entrances(group).outer]]);
  });
  beforeEach(async () => {
    scope++;
    await stand(instances);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await panel.remove();
  });

  test.each(['ipv4', 'ipv6'] as const)('is one in both directions (%s)', async (family) => {
    expect(await send(tcp(1000, flag.syn, false, family))).toBe(redirected);
    expect(await send(tcp(1000, flag.syn | flag.ack, true, family))).toBe(redirected);
    const own = (await flows()).filter(({ port }) => port.includes(1000));
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ protocol: 6, spoken: 3 });
    await send(tcp(1000, flag.rst, true, family));
    expect(await panel.openFlows(own[0]!.instance)).toBe(0);
  });

  test('is given to any that is active, and stays while others come and go', async () => {
    const ports = Array.from({ length: 20 }, (_, at) => 2000 + at);
    /** Who has the flows of ports that differ by so much from these. */
    const whose = async (more = 0) => {
      const byPort = new Map(
        (await flows()).flatMap(({ port, instance }) => port.map((one) => [one, instance])),
      );
      return ports.map((port) => byPort.get(port + more));
    };
    for (const port of ports) await send(tcp(port, flag.syn));
    const before = await whose();
    expect(new Set(before)).toEqual(new Set(instances));
    await stand([11, 14], {}, [14, ...instances]);
    for (const port of ports) await send(tcp(port, flag.ack));
    expect(await whose()).toEqual(before);
    for (const port of ports) await send(tcp(port + 100, flag.syn));
    expect(new Set(await whose(100))).toEqual(new Set([11, 14]));
    const counted = await Promise.all([11, 12, 13, 14].map((id) => panel.openFlows(id)));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(40);
    for (const port of ports) for (const end of [port, port + 100]) await send(tcp(end, flag.rst));
    expect(await panel.openFlows(11)).toBe(0);
  });

  test('goes to another when its instance is gone', async () => {
    await stand([11]);
    await send(tcp(1000, flag.syn));
    await stand([12], {}, [12, 13]);
    expect(await send(tcp(1000, flag.ack))).toBe(redirected);
    expect((await ofPort(1000))?.instance).toBe(12);
  });

  test('is over when both ends have said so; what comes again of it passes as before, and it can begin anew', async () => {
    const until = Number(process.hrtime.bigint()) + 60e9;
    const open = () => panel.openFlows(12);
    await stand([12]);
    const before = await open();
    await send(tcp(1000, flag.syn));
    await send(tcp(1000, flag.fin));
    await send(tcp(1000, flag.fin, true));
    expect(await open()).toBe(before + 1);
    await send(tcp(1000, flag.ack, false, 'ipv4', false));
    expect(await open()).toBe(before);
    await stand([13], { elder: { id: 11, until } });
    expect(await send(tcp(1000, flag.fin, true, 'ipv4', false))).toBe(redirected);
    expect(await ofPort(1000)).toMatchObject({ instance: 12 });
    expect(await open()).toBe(before);
    await send(tcp(1000, flag.syn));
    expect(await ofPort(1000)).toMatchObject({ instance: 13, spoken: 1 });
  });

  test('goes on after an end of it that nobody believed', async () => {
    await stand([12]);
    const before = await panel.openFlows(12);
    await send(tcp(1000, flag.syn));
    await send(tcp(1000, flag.syn | flag.ack, true));
    await send(tcp(1000, flag.rst, true, 'ipv4', false));
    expect(await panel.openFlows(12)).toBe(before);
    await send(tcp(1000, flag.ack));
    expect(await panel.openFlows(12)).toBe(before + 1);
  });

  test('that is not noted is not begun by its last word', async () => {
    for (const last of [flag.ack, flag.fin, flag.rst]) {
      expect(await send(tcp(1000, last, true, 'ipv4', false))).toBe(redirected);
      expect(await ofPort(1000)).toBeUndefined();
    }
  });

  test('that nobody has noted stays with the one that stood alone, if it was open then', async () => {
    const until = Number(process.hrtime.bigint()) + 60e9;
    await stand([12, 13], { elder: { id: 11, until } });
    await send(tcp(1001, flag.ack));
    expect((await ofPort(1001))?.instance).toBe(11);
    await send(tcp(1002, flag.syn));
    expect([12, 13]).toContain((await ofPort(1002))?.instance);
    await stand([12, 13], { elder: { id: 11, until: 1 } });
    await send(tcp(1003, flag.ack));
    expect([12, 13]).toContain((await ofPort(1003))?.instance);
  });

  test('has the errors that are about it, and others go nowhere where no instance is active', async () => {
    /** Unreachable (RFC 792), from the server, about what the client said. */
    const error = (port: number) => {
      const outer = Buffer.from(tcp(port, flag.ack, true).subarray(0, 34));
      outer.writeUInt8(1, 23);
      const quoted = tcp(port, flag.ack).subarray(14, 42);
      return Buffer.concat([outer, Buffer.from([3, 4, 0, 0, 0, 0, 5, 0]), quoted]);
    };
    await send(tcp(1000, flag.syn));
    await stand([]);
    expect(await send(error(1000))).toBe(redirected);
    expect(await send(error(1001))).toBe(shot);
    expect((await flows()).some(({ protocol }) => protocol === 1)).toBe(false);
  });

  test('of fragments is told by addresses, the first of them too', async () => {
    const whole = tcp(1000, flag.syn);
    const fragment = (bits: number) => {
      const frame = Buffer.from(whole);
      frame.writeUInt16BE(bits, 20);
      return frame;
    };
    for (const bits of [0x2000, 0x2005, 0x0010]) expect(await send(fragment(bits))).toBe(redirected);
    const own = (await flows()).filter(({ protocol, ethertype }) => protocol === 0 && ethertype === 0);
    expect(own).toEqual([expect.objectContaining({ port: [0, 0] })]);
    expect(await ofPort(1000)).toBeUndefined();
  });

  test('of what is no IP is told by addresses of hardware', async () => {
    const frame = Buffer.alloc(60);
    Buffer.from('0200000000020200000000010801', 'hex').copy(frame);
    expect(await send(frame)).toBe(redirected);
    const back = Buffer.alloc(60);
    Buffer.from('0200000000010200000000020801', 'hex').copy(back);
    expect(await send(back)).toBe(redirected);
    expect((await flows()).filter(({ ethertype }) => ethertype !== 0)).toEqual([
      expect.objectContaining({ protocol: 0, spoken: 3 }),
    ]);
  });

  test('of questions keeps no instance from going', async () => {
    await stand([13]);
    const before = await panel.openFlows(13);
    const frame = Buffer.alloc(60);
    Buffer.from('0200000000020200000000010806', 'hex').copy(frame);
    await send(frame);
    expect((await flows()).map(({ instance }) => instance)).toEqual([13]);
    expect(await panel.openFlows(13)).toBe(before);
    frame.writeUInt16BE(0x0801, 12);
    await send(frame);
    expect(await panel.openFlows(13)).toBe(before + 1);
  });

  test('goes nowhere where no instance is active', async () => {
    await stand([]);
    expect(await send(tcp(1000, flag.syn))).toBe(shot);
    expect(await ofPort(1000)).toBeUndefined();
  });
});
