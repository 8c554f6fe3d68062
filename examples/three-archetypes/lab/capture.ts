import type { ChildProcess } from 'node:child_process';
import { until } from '../../lib/until.ts';
import { type Lab, uplink } from './lab.ts';

const file = '/run/wire.pcap';

/** All frames on the wire between the hosts, from a point on. */
export class Capture {
  readonly #lab: Lab;
  readonly #child: ChildProcess;

  private constructor(lab: Lab, child: ChildProcess) {
    this.#lab = lab;
    this.#child = child;
  }

  static async start(lab: Lab): Promise<Capture> {
    const options = ['-i', uplink, '-U', '-s', '128', '-B', '16384', '-Z', 'root', '-w', file];
    const child = lab.start('capture', 'north', ['tcpdump', ...options]);
    await until('the wire is captured', () => lab.printed('capture').includes('listening on'));
    return new Capture(lab, child);
  }

  /** Frames by VLAN id; those without one under 0. */
  async stop(): Promise<ReadonlyMap<number, number>> {
    this.#child.kill('SIGINT');
    await until(
      'the capture is written',
      () => this.#child.exitCode !== null || this.#child.signalCode !== null,
    );
    const lines = (await this.#lab.run('north', 'tcpdump', '-r', file, '-e', '-nn', '-q')).trim().split('\n');
    const counts = new Map<number, number>();
    for (const line of lines.filter(Boolean)) {
      const vlan = Number(/vlan (\d+)/.exec(line)?.[1] ?? 0);
      counts.set(vlan, (counts.get(vlan) ?? 0) + 1);
    }
    return counts;
  }
}
