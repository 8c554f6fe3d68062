import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NetworkingClient } from '../../src/api/networking-client.ts';
import { SocketTransport } from '../../src/api/socket-transport.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

/** A host in a network namespace of its own, with the networks of a node, and namespaces that endpoints are in. */
export class NetworksHost {
  readonly networking: NetworkingClient;
  readonly name: string;
  readonly #folder: string;
  readonly #server: ChildProcess;
  readonly #stations: readonly string[];

  private constructor(name: string, folder: string, server: ChildProcess, stations: readonly string[]) {
    this.name = name;
    this.#folder = folder;
    this.#server = server;
    this.#stations = stations;
    this.networking = new NetworkingClient(new SocketTransport(path.join(folder, 'node.sock')));
  }

  /** `stations`: how many namespaces for endpoints there are. */
  static async start(called: string, stations: number): Promise<NetworksHost> {
    const name = `hbench${process.pid}${called}`;
    const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-networks-'));
    const names = Array.from({ length: stations }, (_, index) => `${name}-${index}`);
    for (const one of [name, ...names]) ip('netns', 'add', one);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    const file = path.join(import.meta.dirname, 'networks-server-process.ts');
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', file, folder];
    const args = [`--net=/run/netns/${name}`, '--', ...command, path.join(folder, 'node.sock')];
    const server = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(server.stdout, 'data');
    return new NetworksHost(name, folder, server, names);
  }

  /** Of the process with the networks. */
  get pid(): number {
    return this.#server.pid ?? 0;
  }

  station(index: number): string {
    return `/run/netns/${this.#stations[index]}`;
  }

  /** Runs a script on the host, as somebody would write it; returns the milliseconds that it took. */
  async script(lines: readonly string[]): Promise<number> {
    const began = performance.now();
    const args = [`--net=/run/netns/${this.name}`, '--', 'bash', '-e'];
    const child = spawn('nsenter', args, { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(`${lines.join('\n')}\n`);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`the script ended with ${code}`);
    return performance.now() - began;
  }

  async remove(network: string): Promise<void> {
    for (const { name } of await this.networking.endpoints(network).list())
      await this.networking.endpoints(network).delete(name);
    await this.networking.networks.delete(network);
  }

  async close(): Promise<void> {
    for (const { name } of await this.networking.networks.list()) await this.remove(name);
    this.#server.kill('SIGKILL');
    await once(this.#server, 'exit');
    for (const one of [this.name, ...this.#stations]) ip('netns', 'delete', one);
    rmSync(this.#folder, { recursive: true });
  }
}
