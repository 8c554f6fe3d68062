import { execFileSync } from 'node:child_process';
import { type LabNode, makeStation } from '../../test/support/nodes-lab.ts';

/** Of VXLAN, and not the one that Heddle's tunnels have. */
const port = 9472;
const mtu = 1500;

interface End {
  readonly node: LabNode;
  readonly station: string;
  /** Of its host on the wire. */
  readonly outer: string;
}

/**
 * A network over two hosts as somebody makes it by hand who knows where everybody is: at each a bridge with a namespace and a tunnel of
 * VXLAN that is told of the other. It goes with their namespaces.
 */
export class HandMadeOverlay {
  /** Of its namespaces, in their order. */
  readonly addresses = ['10.199.0.1', '10.199.0.2'] as const;
  readonly #macs = ['02:99:00:00:00:01', '02:99:00:00:00:02'] as const;

  constructor(ends: readonly [End, End]) {
    for (const [index, { node, station, outer }] of ends.entries()) {
      const other = 1 - index;
      const file = makeStation(station);
      const add = (...args: readonly string[]) => void node.run('ip', 'link', 'add', ...args);
      add('hand', 'mtu', String(mtu), 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
      const where = ['dev', 'upl', 'local', outer, 'dstport', String(port)];
      add('hand-tunnel', 'mtu', String(mtu), 'type', 'vxlan', 'id', '99', ...where, 'nolearning', 'proxy');
      const mac = ['address', this.#macs[index] ?? ''];
      add(
        'hand-port',
        'mtu',
        String(mtu),
        'type',
        'veth',
        'peer',
        'name',
        'hand-eth',
        ...mac,
        'mtu',
        String(mtu),
      );
      for (const name of ['hand-tunnel', 'hand-port'])
        node.run('ip', 'link', 'set', name, 'master', 'hand', 'up');
      node.run('ip', 'link', 'set', 'hand', 'up');
      node.run('ip', 'link', 'set', 'hand-eth', 'netns', file, 'name', 'eth0');
      const inside = (...args: readonly string[]) =>
        execFileSync('nsenter', [`--net=${file}`, '--', 'ip', ...args], { encoding: 'utf8' });
      inside('address', 'add', `${this.addresses[index]}/24`, 'dev', 'eth0');
      inside('link', 'set', 'eth0', 'up');
      const far = ends[other]?.outer ?? '';
      const farMac = this.#macs[other] ?? '';
      node.run('bridge', 'fdb', 'add', farMac, 'dev', 'hand-tunnel', 'dst', far, 'self', 'static');
      const neighbour = [
        this.addresses[other] ?? '',
        'lladdr',
        farMac,
        'dev',
        'hand-tunnel',
        'nud',
        'permanent',
      ];
      node.run('ip', 'neigh', 'add', ...neighbour);
    }
  }
}
