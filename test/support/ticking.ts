import type { TestHost } from './host.ts';
import { until } from './until.ts';

/** Connections from `web` to `db` of a project at Podman, over which something is said every tenth of a second while both ends are there. */
export class Ticking {
  readonly #host: TestHost;
  readonly #project: string;
  readonly #network: string;

  /** @param network on which they find each other, by its name in the file */
  constructor(host: TestHost, project: string, network = 'lab') {
    this.#host = host;
    this.#project = project;
    this.#network = network;
  }

  /** Opens one to a port, which is listened at for it; tried again until it is open. */
  async open(port: number): Promise<void> {
    this.#detached('db', `while sleep 0.1; do echo tick; done | nc -l -p ${port}`);
    const once = `nc ${this.#address} ${port} > /tmp/${port} & echo $! > /tmp/pid-${port}; wait $!`;
    this.#detached('web', `while ! [ -s /tmp/${port} ]; do ${once}; sleep 0.1; done`);
    await until(`the connection to ${port} is open`, async () => (await this.#ticks(port)) > 2);
  }

  async goesOn(port: number): Promise<void> {
    const before = await this.#ticks(port);
    await until(`the connection to ${port} goes on`, async () => (await this.#ticks(port)) > before + 3);
  }

  async close(...ports: readonly number[]): Promise<void> {
    const kills = ports.map((port) => `kill $(cat /tmp/pid-${port})`);
    await this.#host.run('podman', ['exec', this.#container('web'), 'sh', '-c', kills.join('; ')]);
  }

  async #ticks(port: number): Promise<number> {
    const { stdout } = await this.#host.run('podman', [
      ...['exec', this.#container('web'), 'wc', '-l', `/tmp/${port}`],
    ]);
    return Number(stdout.split(' ')[0]);
  }

  get #address(): string {
    const format = `{{(index .NetworkSettings.Networks "${this.#project}_${this.#network}").IPAddress}}`;
    return this.#host.podman('inspect', `${this.#container('db')}.sandbox`, '--format', format);
  }

  #detached(service: string, script: string): void {
    this.#host.podman('exec', '-d', this.#container(service), 'sh', '-c', script);
  }

  #container(service: string): string {
    return `${this.#project}-${service}-1`;
  }
}
