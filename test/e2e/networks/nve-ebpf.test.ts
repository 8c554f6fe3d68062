import { beforeAll, describe, expect, it } from 'vitest';
import { portName } from '../../../src/networks/nve/names.ts';
import { ethernet } from '../../support/frames.ts';
import { type EdgeLab, networks, portOf, uplink, vlans } from '../../support/nve-lab.ts';
import { edgeSuite, vlanOf } from '../../support/nve-suite.ts';
import { until } from '../../support/until.ts';

edgeSuite({ driver: 'ebpf' }, vlanOf, (started) =>
  describe('and what others do to its programs', () => {
    let lab: EdgeLab;
    const all = networks.map((name) => portOf(name));
    let sent = 0;

    beforeAll(async () => {
      lab = started();
      await Promise.all([lab.one, lab.two].map((host) => host.apply(...all)));
    });

    async function passes(): Promise<void> {
      const [one, two] = [lab.one.pods.red, lab.two.pods.red];
      for (const [from, to] of [
        [one, two],
        [two, one],
      ] as const) {
        const text = `others-${sent++}.`;
        await from.send(ethernet(to.mac, from.mac, 0x88b5, Buffer.from(text.padEnd(46))));
        await until('the frame arrives', () => to.capture.with(text).length > 0);
        expect((await lab.seen(text)).map(vlanOf)).toEqual([vlans.red]);
      }
    }

    it('takes at the stub what gets past the port', async () => {
      const port = portName(vlans.red);
      lab.one.run('tc', 'qdisc', 'del', 'dev', port, 'clsact');
      await passes();
      await lab.one.apply(...all);
      expect(lab.one.run('tc', 'filter', 'show', 'dev', port, 'egress')).toContain('to_wire');
      await passes();
    });

    it('puts a program back that was taken off the uplink', async () => {
      lab.one.run('tc', 'qdisc', 'del', 'dev', uplink, 'clsact');
      await lab.one.apply(...all);
      await passes();
    });

    it('uses a qdisc of somebody else’s, and leaves it', async () => {
      await lab.two.stop();
      lab.two.run('tc', 'qdisc', 'add', 'dev', uplink, 'clsact');
      lab.two.run('ip', 'link', 'set', uplink, 'promisc', 'on');
      await lab.two.apply(...all);
      await passes();
      await lab.two.stop();
      expect(lab.two.run('tc', 'qdisc', 'show', 'dev', uplink)).toContain('clsact');
      expect(lab.two.run('ip', 'link', 'show', uplink)).toContain('PROMISC');
      await lab.two.apply(...all);
      await passes();
    });

    it('leaves what others hang on the uplink when it stops', async () => {
      const other = ['pref', '7', 'handle', '0x3', 'bpf', 'bytecode', '1,6 0 0 0'];
      lab.one.run('tc', 'filter', 'add', 'dev', uplink, 'ingress', ...other);
      await lab.one.stop();
      const filters = lab.one.run('tc', 'filter', 'show', 'dev', uplink, 'ingress');
      expect(filters).toContain('pref 7 bpf chain 0 handle 0x3');
      expect(filters).not.toContain('0x4e5645');
    });
  }),
);
