import { beforeAll, describe, expect, it } from 'vitest';
import { ethernet } from '../../support/frames.ts';
import { type EdgeLab, networks, portOf, uplink } from '../../support/nve-lab.ts';
import { edgeSuite, vlanOf } from '../../support/nve-suite.ts';
import { until } from '../../support/until.ts';

// Without the kernel's datapath Open vSwitch reads no more of a frame than the MTU and one tag.
const overhead = 4;
const kind = { driver: 'ovs', overhead, needsOpenVswitch: true, dropsNullTags: true } as const;

edgeSuite(kind, vlanOf, (started) =>
  describe('and what else Open vSwitch has', () => {
    let lab: EdgeLab;
    const all = networks.map((name) => portOf(name));
    let sent = 0;

    beforeAll(async () => {
      lab = started();
      lab.one.run('ethtool', '-K', uplink, 'gro', 'on');
      await Promise.all([lab.one, lab.two].map((host) => host.apply(...all)));
    });

    /** Sends until a frame arrives. */
    async function passes(): Promise<void> {
      const [from, to] = [lab.one.pods.red, lab.two.pods.red];
      const text = `else-${sent++}.`;
      await until('a frame arrives', async () => {
        await from.send(ethernet(to.mac, from.mac, 0x88b5, Buffer.from(text.padEnd(46))));
        return to.capture.with(text).length > 0;
      });
    }
    const gro = () => lab.one.run('ethtool', '-k', uplink).includes('generic-receive-offload: on');

    it('goes on when ovs-vswitchd has crashed', async () => {
      await lab.one.openVswitch.restart();
      await passes();
    });

    it('has no part in the networks itself', async () => {
      expect(await lab.one.openVswitch.ask('ovs-vsctl', 'get', 'port', 'hnve', 'tag', 'vlan_mode')).toBe(
        '0\naccess\n',
      );
    });

    it('takes a bridge that is there, and leaves it', async () => {
      expect(gro()).toBe(false);
      await lab.one.stop();
      expect(gro()).toBe(true);
      await lab.one.configure({ bridge: 'own' });
      await expect(lab.one.apply(...all)).rejects.toThrow('bridge own of Open vSwitch is not there');
      const { openVswitch } = lab.one;
      await openVswitch.ask(
        'ovs-vsctl',
        'add-br',
        'own',
        '--',
        'set',
        'bridge',
        'own',
        'datapath_type=netdev',
      );
      await expect(lab.one.apply(...all)).rejects.toThrow('upl is no port of bridge own');
      await openVswitch.ask('ovs-vsctl', 'add-port', 'own', uplink);
      await lab.one.apply(...all);
      await passes();
      await lab.one.stop();
      expect(await openVswitch.ask('ovs-vsctl', 'list-ports', 'own')).toBe(`${uplink}\n`);
    });
  }),
);
