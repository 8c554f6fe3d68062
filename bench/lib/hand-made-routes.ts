import { execFileSync } from 'node:child_process';
import { type LabNode, makeStation } from '../../test/support/nodes-lab.ts';

interface End {
  readonly node: LabNode;
  readonly station: string;
  /** Of its host on the wire. */
  readonly outer: string;
}

/**
 * A network over two hosts as somebody makes it by hand who knows where everybody is: at each a namespace on a link of its own, for which
 * its host answers, and a route to the other. It goes with their namespaces.
 */
export class HandMadeRoutes {
  /** Of its namespaces, in their order. */
  readonly addresses = ['10.198.0.1', '10.198.0.2'] as const;

  constructor(ends: readonly [End, End]) {
    for (const [index, { node, station }] of ends.entries()) {
      const file = makeStation(station);
      const [own = '', other = ''] = [this.addresses[index], this.addresses[1 - index]];
      const ip = (...args: readonly string[]) => void node.run('ip', ...args);
      ip('link', 'add', 'hand-port', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', file);
      ip('link', 'set', 'hand-port', 'up');
      ip('route', 'add', own, 'dev', 'hand-port');
      ip('route', 'add', other, 'via', ends[1 - index]?.outer ?? '');
      for (const setting of ['ip_forward', 'conf/hand-port/proxy_arp'])
        node.run('sh', '-c', `echo 1 >/proc/sys/net/ipv4/${setting}`);
      const inside = (...args: readonly string[]) =>
        execFileSync('nsenter', [`--net=${file}`, '--', 'ip', ...args], { encoding: 'utf8' });
      inside('address', 'add', `${own}/24`, 'dev', 'eth0');
      inside('link', 'set', 'eth0', 'up');
    }
  }
}
