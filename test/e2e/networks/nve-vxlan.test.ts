import { beforeAll, describe, expect, it } from 'vitest';
import { ethernet, fragment, udp } from '../../support/frames.ts';
import { type EdgeLab, networks, portOf, underlay, uplink } from '../../support/nve-lab.ts';
import { edgeSuite, type IdOnWire } from '../../support/nve-suite.ts';
import { until } from '../../support/until.ts';

/** The network identifier of RFC 7348, 5, in datagrams to port 4789 over IPv4 and IPv6 without options. */
const vniOf: IdOnWire = (frame) => {
  const header = { 2048: 20, 34525: 40 }[frame.readUInt16BE(12)];
  if (header === undefined) return undefined;
  const protocol = frame[14 + (header === 20 ? 9 : 6)];
  const datagram = frame.subarray(14 + header);
  return protocol === 17 && datagram.readUInt16BE(2) === 4789 ? datagram.readUIntBE(12, 3) : undefined;
};

const nodes = [1, 2].map(underlay.ipv4);

edgeSuite({ driver: 'vxlan', options: () => ({ peers: nodes }), overhead: 50 }, vniOf, (started) =>
  describe('over IPv6, whose peers change', () => {
    let lab: EdgeLab;
    const peers = [1, 2].map(underlay.ipv6);
    const all = networks.map((name) => portOf(name));
    let sent = 0;

    beforeAll(async () => {
      lab = started();
      for (const host of [lab.one, lab.two]) {
        host.run('ip', 'link', 'set', uplink, 'mtu', '1570');
        await host.configure({ peers });
      }
      await Promise.all([lab.one, lab.two].map((host) => host.apply(...all)));
    });

    const [from, to] = ['one', 'two'] as const;
    const send = async (text: string, length = 46) => {
      const [source, target] = [lab[from].pods.red, lab[to].pods.red];
      await source.send(ethernet(target.mac, source.mac, 0x88b5, Buffer.from(text.padEnd(length))));
    };
    const arrived = (text: string) => lab[to].pods.red.capture.with(text).length;

    it('carries frames of a full MTU', async () => {
      await send('full.', 1500);
      await until('the frame arrives', () => arrived('full.') === 1);
      expect(new Set((await lab.seen('full.')).map(vniOf))).toEqual(new Set([1]));
    });

    it('refuses an MTU that the uplink has no room for', async () => {
      await expect(lab.one.apply(portOf('red', 1501))).rejects.toThrow(
        'its MTU 1501 is more than 1500, the MTU of the uplink upl without the 70 bytes that the edge adds',
      );
    });

    it('loses no frame while peers come and go', async () => {
      const stranger = '2001:db8::9';
      const first = sent;
      let isDone = false;
      const changes = (async () => {
        for (let turn = 0; turn < 4; turn++) {
          await lab.one.configure({ peers: turn % 2 === 0 ? [...peers, stranger] : peers });
          await lab.one.apply(...all);
        }
        isDone = true;
      })();
      while (!isDone) await send(`turn-${sent++}.`);
      await changes;
      await until('the last arrives', () => arrived(`turn-${sent - 1}.`) === 1);
      const texts = lab[to].pods.red.capture
        .frames()
        .map((frame) => frame.subarray(14).toString('latin1').trim());
      const counts = new Map(texts.map((text) => [text, 0]));
      for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
      const lost = Array.from({ length: sent - first }, (_, index) => `turn-${first + index}.`).filter(
        (text) => counts.get(text) !== 1,
      );
      expect(lost).toEqual([]);
      expect(lab.one.run('bridge', 'fdb', 'show', 'dev', 'hx1')).not.toContain(stranger);
    });

    it('keeps a tenant out of the tunnels, here and there', async () => {
      const [tenant, station] = ['2001:db8:1::2', '02:00:00:00:00:66'];
      lab.one.run('ip', 'link', 'add', 'door', 'type', 'veth', 'peer', 'name', 'tenant');
      const mac = '02:00:00:00:00:65';
      for (const device of ['door', 'tenant'])
        lab.one.run('ip', 'link', 'set', device, ...(device === 'door' ? ['address', mac] : []), 'up');
      const open = ['door/disable_ipv6', 'all/forwarding'].map((file) =>
        file.endsWith('6')
          ? `echo 0 >/proc/sys/net/ipv6/conf/${file}`
          : `echo 1 >/proc/sys/net/ipv6/conf/${file}`,
      );
      lab.one.run('sh', '-c', open.join('; '));
      using socket = lab.one.socket('tenant');
      const inner = ethernet('01:00:5e:00:00:01', station, 0x0880, Buffer.from('forged.'.padEnd(46)));
      const header = Buffer.from([8, 0, 0, 0, 0, 0, 1, 0]);
      const datagram = (from: string, to: string) =>
        udp([from, 4000], [to, 4789], Buffer.concat([header, inner]).toString('latin1'));
      const [here = '', there = ''] = peers;
      const whole = datagram(tenant, here).subarray(40);
      for (const packet of [
        datagram(tenant, here),
        datagram(there, here),
        fragment(tenant, here, 17, whole.subarray(0, 8), 0, true),
        fragment(tenant, here, 17, whole.subarray(8), 8, false),
        datagram(tenant, there),
      ])
        await socket.send(ethernet(mac, station, 0x86dd, packet));
      const dropped = (hook: string) =>
        [...lab.one.run('nft', 'list', 'chain', 'inet', 'heddle_vxlan', hook).matchAll(/packets (\d+)/g)].map(
          ([, count]) => Number(count),
        );
      await until('all are dropped', () => `${dropped('input')} ${dropped('forward')}` === '1,2 1');
      await send('behind.');
      await until('the frame behind arrives', () => arrived('behind.') === 1);
      expect([
        ...lab.one.pods.red.capture.with('forged.'),
        ...lab.two.pods.red.capture.with('forged.'),
      ]).toEqual([]);
      for (const host of [lab.one, lab.two])
        expect(host.run('bridge', 'fdb', 'show', 'dev', 'hx1')).not.toContain(station);
      lab.one.run('ip', 'link', 'del', 'door');
    });

    it('says what the uplink lacks', async () => {
      lab.one.run('ip', '-6', 'address', 'flush', 'dev', 'upl');
      await expect(lab.one.apply(...all)).rejects.toThrow('upl has no address of IPv6');
      lab.one.run('ip', 'address', 'add', `${peers[0]}/64`, 'dev', 'upl', 'nodad');
      await lab.one.apply(...all);
    });
  }),
);
