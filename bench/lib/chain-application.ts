import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { NodeClient } from '../../src/api/client.ts';
import type { ChainStatus } from '../../src/networks/path/proof/status.ts';
import type { TestHost } from '../../test/support/host.ts';
import { until } from '../../test/support/until.ts';

/** An application with chains on a host, brought up by the command as installed. */
export class ChainApplication {
  readonly host: TestHost;
  readonly name: string;
  #arguments: readonly string[] = [];

  constructor(host: TestHost, name: string) {
    this.host = host;
    this.name = name;
  }

  /** Brings it up from a Compose file; milliseconds that it took. @throws Error when `up` fails */
  async up(text: string): Promise<number> {
    this.#arguments = this.host.project(this.name, text);
    const began = performance.now();
    await this.host.ok('up', '--quiet', ...this.#arguments);
    return performance.now() - began;
  }

  /** Takes it down; milliseconds that it took. */
  async down(): Promise<number> {
    const began = performance.now();
    await this.host.ok('down', '--quiet', '-p', this.name);
    return performance.now() - began;
  }

  /** Has a chain proved by the command; milliseconds that it took. @throws Error when it is not proven */
  async prove(chain: string): Promise<number> {
    const began = performance.now();
    await this.host.ok('chain', 'prove', chain, ...this.#arguments);
    return performance.now() - began;
  }

  chains(): Promise<readonly ChainStatus[]> {
    return new NodeClient(`${this.host.runDir}/node.sock`).chains(this.name);
  }

  /** Waits until its chains are in a state, which is asked for as often as the node answers; returns milliseconds. */
  async untilChains(state: ChainStatus['state'], where?: (chain: ChainStatus) => boolean): Promise<number> {
    const are = async () => {
      const all = await this.chains();
      return all.length > 0 && all.every((one) => one.state === state && (where?.(one) ?? true));
    };
    return until(`its chains are ${state}`, are, 60_000, 10);
  }

  /** Does something, and waits until the node has logged a line with this text; milliseconds from the beginning. */
  async untilLogged(text: string, work: () => void): Promise<number> {
    const before = this.host.nodeLog().length;
    const began = performance.now();
    work();
    const isSaid = () => this.host.nodeLog().slice(before).includes(text);
    await until(`the node says: ${text}`, isSaid, 60_000, 5);
    return performance.now() - began;
  }

  /** A process of a container; a pod's sandbox is `NAME.sandbox`. */
  pid(container: string): number {
    return Number(this.host.podman('inspect', `${this.name}-${container}`, '--format', '{{.State.Pid}}'));
  }

  /** Name under /run/netns of a pod's network namespace. */
  namespace(pod: string): string {
    const format = '{{.NetworkSettings.SandboxKey}}';
    return path.basename(this.host.podman('inspect', `${this.name}-${pod}.sandbox`, '--format', format));
  }

  /** Of a pod on its only network. */
  address(pod: string): string {
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    return this.host.podman('inspect', `${this.name}-${pod}.sandbox`, '--format', format);
  }

  /** Runs a program in a pod's network namespace. @throws Error when it fails */
  within(pod: string, ...command: readonly string[]): string {
    const inside = ['-t', String(this.pid(`${pod}.sandbox`)), '-n', '--', ...command];
    return execFileSync('nsenter', inside, { encoding: 'utf8' });
  }
}
