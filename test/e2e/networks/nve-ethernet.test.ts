import { beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from '../../../src/networks/nve/ethernet/address.ts';
import { ethernet } from '../../support/frames.ts';
import { type EdgeLab, networks, portOf, uplink } from '../../support/nve-lab.ts';
import { edgeSuite, type IdOnWire } from '../../support/nve-suite.ts';
import { until } from '../../support/until.ts';

/** Behind the nodes' own addresses, the type and a version. */
const idOf: IdOnWire = (frame) =>
  frame.readUInt16BE(12) === 0x88b5 && frame[14] === 1 ? frame.readUInt16BE(16) : undefined;
const titleOf = (host: number) => `edge-${host}.example`;
const kind = { driver: 'ethernet', options: (host: number) => ({ title: titleOf(host) }), overhead: 18 };

edgeSuite(kind, idOf, (started) =>
  describe('between nodes without any address', () => {
    let lab: EdgeLab;
    const all = networks.map((name) => portOf(name));
    const address = (host: number) => Buffer.from(addressOf(titleOf(host)).replaceAll(':', ''), 'hex');

    beforeAll(async () => {
      lab = started();
      for (const host of [lab.one, lab.two]) host.run('ip', 'address', 'flush', 'dev', uplink);
      await lab.two.apply(...all);
    });

    it('leaves alone what somebody else has by its names', async () => {
      lab.one.run('ip', 'link', 'add', 'hnode0', 'type', 'veth', 'peer', 'name', 'mine');
      await expect(lab.one.apply(...all)).rejects.toThrow(
        'ERR_NETWORK: the link between nodes: interface hnode0 is there (veth), and not the edge’s',
      );
      await lab.one.stop();
      lab.one.run('ip', 'link', 'del', 'mine');
      await lab.one.apply(...all);
    });

    it('asks all nodes for an address, and then the one where it is', async () => {
      const [one, two] = [lab.one.pods.red, lab.two.pods.red];
      for (const [from, to, text] of [
        [one, two, 'first.'],
        [two, one, 'answer.'],
        [one, two, 'second.'],
      ] as const) {
        await from.send(ethernet(to.mac, from.mac, 0x0880, Buffer.from(text.padEnd(46))));
        await until('the frame arrives', () => to.capture.with(text).length === 1);
      }
      const header = async (text: string) => (await lab.seen(text))[0]?.subarray(0, 12);
      expect(((await header('first.'))?.[0] ?? 0) & 1).toBe(1);
      expect((await header('answer.'))?.subarray(0, 6)).toEqual(address(1));
      expect(await header('second.')).toEqual(Buffer.concat([address(2), address(1)]));
    });

    it('refuses an MTU that the uplink has no room for', async () => {
      await expect(lab.one.apply(portOf('red', 1501))).rejects.toThrow(
        'without the 18 bytes that the edge adds',
      );
    });
  }),
);
