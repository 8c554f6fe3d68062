import type { TestHost } from './host.ts';
import { PodmanPods } from './podman-pods.ts';
import { until } from './until.ts';

/** Connections from `web` to `db` of a project at Podman, over which something is said every tenth of a second while both ends are there. */
export class Ticking {
  readonly #host: TestHost;
  readonly #project: string;
  readonly #pods: PodmanPods;

  constructor(host: TestHost, project: string) {
    this.#host = host;
    this.#project = project;
    this.#pods = new PodmanPods(host, project);
  }

  /** Opens one to a port, which is listened at for it; tried again until it is open. */
  async open(port: number): Promise<void> {
    this.#detached('db', `while sleep 0.1; do echo tick; done | nc -l -p ${port}`);
    const once = `nc ${this.#pods.address('db')} ${port} > /tmp/${port} & echo $! > /tmp/pid-${port}; wait $!`;
    this.#detached('web', `while ! [ -s /tmp/${port} ]; do ${once}; sleep 0.1; done`);
    await until(`the connection to ${port} is open`, async () => (await this.#ticks(port)) > 2);
  }

  async goesOn(port: number): Promise<void> {
    const before = await this.#ticks(port);
    await until(`the connection to ${port} goes on`, async () => (await this.#ticks(port)) > before + 3);
  }

  async close(...ports: readonly number[]): Promise<void> {
    const kills = ports.map((port) => `kill $(cat /tmp/pid-${port})`);
    await this.#pods.exec('web', 'sh', '-c', kills.join('; '));
  }

  async #ticks(port: number): Promise<number> {
    const { stdout } = await this.#pods.exec('web', 'wc', '-l', `/tmp/${port}`);
    return Number(stdout.split(' ')[0]);
  }

  #detached(service: string, script: string): void {
    this.#host.podman('exec', '-d', `${this.#project}-${service}-1`, 'sh', '-c', script);
  }
}
