import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestOf, objectFile } from '../../../src/networks/bpf/object-file.ts';
import { entrances, type Group } from '../../../src/networks/path/patch/groups.ts';
import { Panel } from '../../../src/networks/path/patch/panel.ts';
import { frameOf, type Probe } from '../../../src/networks/path/proof/frame.ts';

// What the program in the kernel decides, frame by frame (BPF_PROG_TEST_RUN), read from what it notes.

const panel = new Panel('haffinity');
const group = 5;
const instances = [11, 12, 13];
/** TC_ACT_SHOT and TC_ACT_REDIRECT. */
const [shot, redirected] = [2, 7];
const flag = { fin: 0x11, syn: 0x02, ack: 0x10, rst: 0x04 };

interface NotedFlow {
  readonly formatted: {
    readonly key: { readonly protocol: number; readonly ethertype: number; readonly port: readonly number[] };
    readonly value: { readonly instance: number; readonly spoken: number };
  };
}

const bpftool = <T>(args: readonly string[], input?: Buffer) =>
  JSON.parse(execFileSync('bpftool', ['-j', ...args], { encoding: 'utf8', ...(input && { input }) })) as T;
const send = (frame: Buffer) => {
  const program = path.join(panel.folder, digestOf(objectFile('patch')), 'pass');
  return bpftool<{ retval: number }>(['prog', 'run', 'pinned', program, 'data_in', '-'], frame).retval;
};
const flows = () =>
  bpftool<NotedFlow[]>(['map', 'dump', 'pinned', path.join(panel.folder, 'flows')]).map(
    ({ formatted: { key, value } }) => ({ ...key, ...value }),
  );
const stand = (active: readonly number[], more: Partial<Group> = {}, all: readonly number[] = instances) => {
  const members = all.map((id) => ({
    id,
    outer: 10 * id,
    inner: 10 * id + 1,
    isActive: active.includes(id),
  }));
  return panel.gather([[group, { scope: 77, place: 0, instances: members, ...more }]]);
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
const ofPort = (port: number) => flows().find((flow) => flow.port.includes(port));

describe('a flow', () => {
  beforeAll(async () => {
    await panel.make();
    await panel.note([[1, entrances(group).outer]]);
  });
  beforeEach(async () => {
    await stand(instances);
    for (const port of [1000, 1001, 1002, 1003]) send(tcp(port, flag.rst));
  });
  afterAll(() => panel.remove());

  test.each(['ipv4', 'ipv6'] as const)('is one in both directions (%s)', (family) => {
    expect(send(tcp(1000, flag.syn, false, family))).toBe(redirected);
    expect(send(tcp(1000, flag.syn | flag.ack, true, family))).toBe(redirected);
    const own = flows().filter(({ port }) => port.includes(1000));
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ protocol: 6, spoken: 3 });
    send(tcp(1000, flag.rst, true, family));
    expect(ofPort(1000)).toBeUndefined();
  });

  test('is given to any that is active, and stays while others come and go', async () => {
    const ports = Array.from({ length: 20 }, (_, at) => 2000 + at);
    /** Who has the flows of ports that differ by so much from these. */
    const whose = (more = 0) => {
      const byPort = new Map(flows().flatMap(({ port, instance }) => port.map((one) => [one, instance])));
      return ports.map((port) => byPort.get(port + more));
    };
    for (const port of ports) send(tcp(port, flag.syn));
    const before = whose();
    expect(new Set(before)).toEqual(new Set(instances));
    await stand([11, 14], {}, [14, ...instances]);
    for (const port of ports) send(tcp(port, flag.ack));
    expect(whose()).toEqual(before);
    for (const port of ports) send(tcp(port + 100, flag.syn));
    expect(new Set(whose(100))).toEqual(new Set([11, 14]));
    const counted = await Promise.all([11, 12, 13, 14].map((id) => panel.openFlows(id)));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(40);
    for (const port of ports) for (const end of [port, port + 100]) send(tcp(end, flag.rst));
    expect(await panel.openFlows(11)).toBe(0);
  });

  test('goes to another when its instance is gone', async () => {
    await stand([11]);
    send(tcp(1000, flag.syn));
    await stand([12], {}, [12, 13]);
    expect(send(tcp(1000, flag.ack))).toBe(redirected);
    expect(ofPort(1000)?.instance).toBe(12);
  });

  test('is over when both ends have said so, and its last word begins none', () => {
    send(tcp(1000, flag.syn));
    send(tcp(1000, flag.fin));
    send(tcp(1000, flag.fin, true));
    expect(ofPort(1000)).toBeDefined();
    send(tcp(1000, flag.ack, false, 'ipv4', false));
    expect(ofPort(1000)).toBeUndefined();
    expect(send(tcp(1000, flag.ack, true, 'ipv4', false))).toBe(redirected);
    expect(ofPort(1000)).toBeUndefined();
  });

  test('that nobody has noted stays with the one that stood alone, if it was open then', async () => {
    const until = Number(process.hrtime.bigint()) + 60e9;
    await stand([12, 13], { elder: { id: 11, until } });
    send(tcp(1001, flag.ack));
    expect(ofPort(1001)?.instance).toBe(11);
    send(tcp(1002, flag.syn));
    expect([12, 13]).toContain(ofPort(1002)?.instance);
    await stand([12, 13], { elder: { id: 11, until: 1 } });
    send(tcp(1003, flag.ack));
    expect([12, 13]).toContain(ofPort(1003)?.instance);
  });

  test('has the errors that are about it, and others go nowhere where no instance is active', async () => {
    /** Unreachable (RFC 792), from the server, about what the client said. */
    const error = (port: number) => {
      const outer = Buffer.from(tcp(port, flag.ack, true).subarray(0, 34));
      outer.writeUInt8(1, 23);
      const quoted = tcp(port, flag.ack).subarray(14, 42);
      return Buffer.concat([outer, Buffer.from([3, 4, 0, 0, 0, 0, 5, 0]), quoted]);
    };
    send(tcp(1000, flag.syn));
    await stand([]);
    expect(send(error(1000))).toBe(redirected);
    expect(send(error(1001))).toBe(shot);
    expect(flows().some(({ protocol }) => protocol === 1)).toBe(false);
  });

  test('of fragments is told by addresses, the first of them too', () => {
    const whole = tcp(1000, flag.syn);
    const fragment = (bits: number) => {
      const frame = Buffer.from(whole);
      frame.writeUInt16BE(bits, 20);
      return frame;
    };
    for (const bits of [0x2000, 0x2005, 0x0010]) expect(send(fragment(bits))).toBe(redirected);
    const own = flows().filter(({ protocol, ethertype }) => protocol === 0 && ethertype === 0);
    expect(own).toEqual([expect.objectContaining({ port: [0, 0] })]);
    expect(ofPort(1000)).toBeUndefined();
  });

  test('of what is no IP is told by addresses of hardware', () => {
    const frame = Buffer.alloc(60);
    Buffer.from('0200000000020200000000010801', 'hex').copy(frame);
    expect(send(frame)).toBe(redirected);
    const back = Buffer.alloc(60);
    Buffer.from('0200000000010200000000020801', 'hex').copy(back);
    expect(send(back)).toBe(redirected);
    expect(flows().filter(({ ethertype }) => ethertype !== 0)).toEqual([
      expect.objectContaining({ protocol: 0, spoken: 3 }),
    ]);
  });

  test('goes nowhere where no instance is active', async () => {
    await stand([]);
    expect(send(tcp(1000, flag.syn))).toBe(shot);
    expect(ofPort(1000)).toBeUndefined();
  });
});
