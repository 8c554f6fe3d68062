import { until } from '../../lib/until.ts';
import { type Lab, uplink } from './lab.ts';

const file = '/run/wire.pcap';

/** All frames on the wire between the hosts, from a point on. */
export class Capture {
  readonly #lab: Lab;

  private constructor(lab: Lab) {
    this.#lab = lab;
  }

  static async start(lab: Lab): Promise<Capture> {
    const written = ['--immediate-mode', '-U', '-s', '128', '-B', '16384', '-Z', 'root', '-w', file];
    lab.start('capture', 'north', ['tcpdump', '-i', uplink, ...written]);
    await until('the wire is captured', () => lab.printed('capture').includes('listening on'));
    return new Capture(lab);
  }

  /** Frames so far by VLAN id; those without one under 0. */
  async frames(): Promise<ReadonlyMap<number, number>> {
    const lines = (await this.#lab.run('north', 'tcpdump', '-r', file, '-e', '-nn', '-q')).trim().split('\n');
    const counts = new Map<number, number>();
    for (const line of lines.filter(Boolean)) {
      const vlan = Number(/vlan (\d+)/.exec(line)?.[1] ?? 0);
      counts.set(vlan, (counts.get(vlan) ?? 0) + 1);
    }
    return counts;
  }
}
