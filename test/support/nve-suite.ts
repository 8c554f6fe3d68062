import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portName, stubName } from '../../src/networks/nve/names.ts';
import { arp, ethernet, tagged, udp } from './frames.ts';
import {
  type EdgeKind,
  EdgeLab,
  type EdgePod,
  ip,
  type NetworkName,
  networks,
  portOf,
  uplink,
  vlans,
} from './nve-lab.ts';
import { until } from './until.ts';

const everyone = 'ff:ff:ff:ff:ff:ff';
/** For experiments (IEEE 802, 9.2.3). */
const experimental = 0x88b5;
/** Of the Entity Title Architecture. */
const entityTitles = 0x0880;
const largest = 1500;
/** Frames that are sent until one arrives, and milliseconds that one may take. */
const [attempts, patience] = [5, 4000];

let counted = 0;
/** A text that no other frame has. */
function unique(what: string): string {
  return `${what}-${counted++}.`;
}

function padded(text: string, length = 46): Buffer {
  return Buffer.concat([Buffer.from(text), Buffer.alloc(Math.max(0, length - text.length))]);
}

/** What frames on the wire are told apart by: their networks' ids, outermost first, and none of those of the host itself. */
export type IdOnWire = (frame: Buffer) => number | undefined;

export const vlanOf: IdOnWire = (frame) =>
  frame.readUInt16BE(12) === 0x8100 ? frame.readUInt16BE(14) & 0xfff : undefined;

/**
 * What every driver of the edge does. Needs root, in a network namespace of its own.
 * @param more tests of the driver's own, in the same lab, whose hosts are as they were before
 */
export function edgeSuite(kind: EdgeKind, idOnWire: IdOnWire, more: (lab: () => EdgeLab) => void): void {
  describe(`the edge: ${kind.driver}`, () => {
    let lab: EdgeLab;
    let links: readonly string[];

    beforeAll(async () => {
      lab = await EdgeLab.start(kind);
      links = linksOf();
      await Promise.all(
        [lab.one, lab.two].map((host) => host.apply(...networks.map((name) => portOf(name)))),
      );
    });
    afterAll(() => lab.remove());

    function linksOf(): string[] {
      return [lab.one, lab.two].flatMap(({ namespace }) =>
        (JSON.parse(ip('-n', namespace, '-j', '-d', 'link', 'show')) as Shown[]).map(
          ({ ifindex, ifname, flags, mtu, qdisc, master, promiscuity }) =>
            [ifindex, ifname, flags.filter(isSetByHand), mtu, qdisc, master, promiscuity].join(' '),
        ),
      );
    }

    /** Sends a frame from a pod, and waits until its namesake on the other host has it. */
    async function passes(from: EdgePod, to: EdgePod, type: number | Buffer, length = 46): Promise<Buffer> {
      const texts: string[] = [];
      const arrived = () => texts.filter((text) => to.capture.with(text).length > 0);
      // A switch that makes its ports anew, which takes Open vSwitch a moment, may lose the first.
      while (arrived().length === 0 && texts.length < attempts) {
        const text = unique('passes');
        texts.push(text);
        await from.send(ethernet(to.mac, from.mac, type, padded(text, length)));
        await until('the frame arrives', () => arrived().length > 0, patience).catch((error) => {
          if (texts.length === attempts) throw error;
        });
      }
      const [text = ''] = arrived();
      expect(to.capture.with(text)).toHaveLength(1);
      return to.capture.with(text)[0] as Buffer;
    }

    /** That what was sent before and has not arrived will not: on each network frames keep their order. */
    async function settled(): Promise<void> {
      for (const name of networks) {
        await passes(lab.one.pods[name], lab.two.pods[name], experimental);
        await passes(lab.two.pods[name], lab.one.pods[name], experimental);
      }
    }

    /** Where a text has been heard: `red1`, `blue2`. */
    function heard(text: string): string[] {
      return [lab.one, lab.two].flatMap((host, index) =>
        networks
          .filter((name) => host.pods[name].capture.with(text).length > 0)
          .map((name) => `${name}${index + 1}`),
      );
    }

    it.each(networks)('carries %s both ways, whatever the frames are', async (name) => {
      const [one, two] = [lab.one.pods[name], lab.two.pods[name]];
      for (const type of [experimental, entityTitles]) {
        await passes(one, two, type);
        await passes(two, one, type);
      }
      for (const [from, to] of [
        [one, two],
        [two, one],
      ] as const) {
        const text = unique('udp');
        // To nobody's address: what is heard is not answered.
        const datagram = udp([from.address, 4000], ['10.99.9.9', 4000], text);
        await from.send(ethernet(to.mac, from.mac, 0x0800, datagram));
        await until('the datagram arrives', () => to.capture.with(text).length > 0);
      }
    });

    it('keeps the networks apart, and shows three ids on the wire', async () => {
      const texts = new Map<NetworkName, string>();
      for (const name of networks) {
        const text = unique(`broadcast in ${name}`);
        texts.set(name, text);
        const { mac } = lab.one.pods[name];
        await lab.one.pods[name].send(ethernet(everyone, mac, experimental, padded(text)));
      }
      await settled();
      for (const [name, text] of texts) {
        expect(heard(text)).toEqual([`${name}1`, `${name}2`]);
        expect((await lab.seen(text)).map(idOnWire)).toEqual([vlans[name]]);
      }
      const ids = new Set(lab.wire.frames().map(idOnWire));
      ids.delete(undefined);
      expect([...ids].sort()).toEqual(Object.values(vlans).sort());
    });

    it('carries frames of a full MTU, with a tag of their own too', async () => {
      const [one, two] = [lab.one.pods.red, lab.two.pods.red];
      const frame = await passes(one, two, experimental, largest);
      expect(frame).toHaveLength(14 + largest);
      const inner = await passes(one, two, tagged(experimental, 7), largest);
      expect(inner).toHaveLength(14 + 4 + largest);
    });

    it.each([
      ['0x8100', 0x8100],
      ['0x88a8', 0x88a8],
    ])('takes a tag %s of a tenant’s for what it is: data', async (_, tag) => {
      const [one, two] = [lab.one.pods.red, lab.two.pods.red];
      for (const id of [vlans.green, vlans.red, 7, ...(kind.dropsNullTags ? [] : [0])]) {
        const text = unique('forged');
        const type = tagged(experimental, id, tag);
        await one.send(ethernet(everyone, one.mac, type, padded(text)));
        await settled();
        expect(heard(text)).toEqual(['red1', 'red2']);
        expect((await lab.seen(text)).map(idOnWire)).toEqual([vlans.red]);
        const [arrived] = two.capture.with(text);
        expect(arrived?.subarray(12, 18)).toEqual(type);
      }
    });

    it('carries what is tagged twice already', async () => {
      const [one, two] = [lab.one.pods.red, lab.two.pods.red];
      const twice = Buffer.concat([
        tagged(0x8100, vlans.green).subarray(0, 4),
        tagged(experimental, vlans.blue),
      ]);
      const text = unique('twice');
      await one.send(ethernet(everyone, one.mac, twice, padded(text)));
      await settled();
      expect(heard(text)).toEqual(['red1', 'red2']);
      expect(two.capture.with(text)[0]?.subarray(12, 22)).toEqual(twice);
    });

    it('counts what passes', async () => {
      const [before, beforeTwo] = [await lab.one.counters(), await lab.two.counters()];
      const [one, two] = [lab.one.pods.blue, lab.two.pods.blue];
      for (let count = 0; count < 10; count++) await passes(one, two, experimental, 986);
      for (let count = 0; count < 3; count++) await passes(two, one, tagged(experimental, 5), 46);
      const [after, afterTwo] = [await lab.one.counters(), await lab.two.counters()];
      const { blue, red } = vlans;
      const more = (way: 'toWire' | 'fromWire', [from, to]: [typeof before, typeof after]) => ({
        packets: (to[blue]?.[way].packets ?? 0) - (from[blue]?.[way].packets ?? 0),
        bytes: (to[blue]?.[way].bytes ?? 0) - (from[blue]?.[way].bytes ?? 0),
        dropped: (to[blue]?.[way].dropped ?? 0) - (from[blue]?.[way].dropped ?? 0),
      });
      const [sent, received] = [
        { packets: 10, bytes: 10_000, dropped: 0 },
        { packets: 3, bytes: 3 * 64, dropped: 0 },
      ];
      expect(more('toWire', [before, after])).toEqual(sent);
      expect(more('fromWire', [before, after])).toEqual(received);
      expect(more('fromWire', [beforeTwo, afterTwo])).toEqual(sent);
      expect(more('toWire', [beforeTwo, afterTwo])).toEqual(received);
      expect(after[red]).toEqual(before[red]);
    });

    it('counts the frames of a wire, not the large packets that the kernel makes of them', async () => {
      const [one, two] = [lab.one.pods.green, lab.two.pods.green];
      const segments = () => {
        const [names = '', values = ''] = one
          .run('cat', '/proc/net/snmp')
          .split('\n')
          .filter((line) => line.startsWith('Tcp:'));
        const at = (name: string) => Number(values.split(' ')[names.split(' ').indexOf(name)]);
        return at('OutSegs') + at('RetransSegs');
      };
      const before = (await lab.one.counters())[vlans.green];
      const segmentsBefore = segments();
      using _server = lab.two.serve(two);
      let received = 0;
      await until('iperf3 answers', () => {
        const stream = ['-c', two.address, '-n', '16M', '--connect-timeout', '1000', '-J'];
        received = JSON.parse(one.run('iperf3', ...stream)).end.sum_received.bytes;
        return true;
      });
      const sent = segments() - segmentsBefore;
      const after = (await lab.one.counters())[vlans.green];
      const packets = (after?.toWire.packets ?? 0) - (before?.toWire.packets ?? 0);
      const bytes = (after?.toWire.bytes ?? 0) - (before?.toWire.bytes ?? 0);
      // And a few questions for addresses.
      expect(packets).toBeGreaterThanOrEqual(sent);
      expect(packets).toBeLessThanOrEqual(sent + 10);
      // Headers of Ethernet, IPv4 and TCP, with timestamps. The server ends before it has the last of it.
      expect(bytes).toBeGreaterThan(received + (received / 1448) * 66);
      expect(bytes).toBeLessThan(sent * 1514);
    });

    it('leaves to the host what is the host’s, and only that', async () => {
      const heardByHost = () =>
        Number(/packets (\d+)/.exec(lab.two.run('nft', 'list', 'table', 'netdev', 'seen'))?.[1]);
      lab.two.run(
        'nft',
        `add table netdev seen; add chain netdev seen every { type filter hook ingress device ${uplink} priority 0; }; add rule netdev seen every ether type 0x88b6 counter`,
      );
      // Sent from the other host's uplink itself: without a tag, and with tags of nobody's.
      using host = lab.one.socket(uplink);
      const send = (type: number | Buffer) =>
        host.send(ethernet(everyone, '02:00:00:00:00:99', type, padded(unique('host'))));
      const before = heardByHost();
      await send(0x88b6);
      await until('the host has it', () => heardByHost() === before + 1);
      for (const id of Object.values(vlans)) await send(tagged(0x88b6, id));
      await settled();
      expect(heardByHost()).toBe(before + 1);
      const question = arp(1, ['02:00:00:00:00:99', '192.0.2.99'], [everyone, '192.0.2.2']);
      await host.send(ethernet(everyone, '02:00:00:00:00:99', 0x0806, question));
      const isAnswer = (frame: Buffer) => frame.readUInt16BE(12) === 0x0806 && frame.readUInt16BE(20) === 2;
      await until('the host answers', () => lab.wire.frames().some(isAnswer));
      lab.two.run('nft', 'delete', 'table', 'netdev', 'seen');
    });

    it('goes on while the node is gone, and when it is back', async () => {
      const before = await lab.one.counters();
      const indices = () => JSON.parse(ip('-n', lab.one.namespace, '-j', 'link', 'show')).map(indexOf);
      const indicesBefore = indices();
      await lab.one.kill();
      await settled();
      lab.one.restart();
      await lab.one.apply(...networks.map((name) => portOf(name)));
      await settled();
      expect(indices()).toEqual(indicesBefore);
      const after = await lab.one.counters();
      expect(after[vlans.red]?.toWire.packets).toBe((before[vlans.red]?.toWire.packets ?? 0) + 2);
    });

    it('mends what somebody has taken away', async () => {
      ip('-n', lab.one.namespace, 'link', 'del', stubName(vlans.red));
      await lab.one.apply(...networks.map((name) => portOf(name)));
      await settled();
    });

    it('lets a network go, and takes it back', async () => {
      await lab.one.apply(portOf('red'), portOf('blue'));
      const text = unique('left');
      const { green } = lab.two.pods;
      await green.send(ethernet(everyone, green.mac, experimental, padded(text)));
      await passes(lab.one.pods.red, lab.two.pods.red, experimental);
      await passes(lab.two.pods.red, lab.one.pods.red, experimental);
      await until('the one that sent it has heard it', () => heard(text).length > 0);
      expect(heard(text)).toEqual(['green2']);
      expect(Object.keys(await lab.one.counters()).map(Number)).toEqual([vlans.red, vlans.blue]);
      expect(ip('-n', lab.one.namespace, 'link', 'show')).not.toContain(`${portName(vlans.green)}@`);
      await lab.one.apply(...networks.map((name) => portOf(name)));
      await settled();
    });

    it('counts what it cannot carry', async () => {
      // Here longer frames are allowed than there.
      await lab.two.apply(portOf('red', 1400), portOf('green'), portOf('blue'));
      const before = (await lab.two.counters())[vlans.red]?.fromWire.dropped ?? 0;
      const { red } = lab.one.pods;
      await red.send(ethernet(everyone, red.mac, experimental, padded(unique('long'), 1450)));
      await settled();
      expect(((await lab.two.counters())[vlans.red]?.fromWire.dropped ?? 0) - before).toBe(1);
      await lab.two.apply(...networks.map((name) => portOf(name)));
    });

    it('stops, and leaves the host as it was', async () => {
      await Promise.all([lab.one.stop(), lab.two.stop()]);
      expect(lab.two.run('tc', 'qdisc', 'show', 'dev', uplink)).not.toContain('clsact');
      expect(linksOf()).toEqual(links);
      await Promise.all([lab.one.stop(), lab.two.stop()]);
    });

    more(() => lab);
  });
}

/** What `ip -j link` says that does not change by itself. */
interface Shown {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly qdisc: string;
  readonly master?: string;
  readonly promiscuity: number;
}

function isSetByHand(flag: string): boolean {
  return flag !== 'NO-CARRIER' && flag !== 'LOWER_UP';
}

function indexOf({ ifname, ifindex }: { ifname: string; ifindex: number }): string {
  return `${ifname} ${ifindex}`;
}
