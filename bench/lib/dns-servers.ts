import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../test/support/installed.ts';
import { run } from '../../test/support/run.ts';
import { serviceOf, snapshotOf } from '../../test/support/site-zone.ts';
import { until } from '../../test/support/until.ts';

/** The core that all servers run on. */
const core = '0';
const copy = '10.2.0.11';

/** A DNS server that answers for the same names as the others. */
export interface Server {
  readonly name: string;
  readonly port: number;
  readonly process: ChildProcess;
}

/** A gateway's DNS server, BIND and Knot, with one thread each. */
export class DnsServers implements AsyncDisposable {
  readonly #folder: string;
  readonly names: readonly string[];
  readonly all: Server[] = [];

  private constructor(folder: string, names: number) {
    this.#folder = folder;
    this.names = Array.from({ length: names }, (_, index) => `s${index}.shop.svc.edge.internal`);
  }

  /** @param folder for what they read */
  static async start(folder: string, names: number, port: number): Promise<DnsServers> {
    const servers = new DnsServers(folder, names);
    try {
      servers.all.push(await servers.#heddle(port));
      servers.all.push(servers.#bind(port + 1), servers.#knot(port + 2));
      for (const server of servers.all) await until(`${server.name} answers`, () => servers.#answers(server));
    } catch (error) {
      await servers[Symbol.asyncDispose]();
      throw error;
    }
    return servers;
  }

  /** Stops all others for the while, so that nothing but this one has the core. */
  pauseAllBut(server: Server): void {
    for (const other of this.all) if (other !== server) other.process.kill('SIGSTOP');
    server.process.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process: child } of this.all) {
      // One that ended by itself says so no second time.
      if (child.exitCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await ended;
    }
  }

  async #heddle(port: number): Promise<Server> {
    const options = { listen: [{ address: '127.0.0.1', port }], limits: { perSecond: 0 } };
    const script = path.join(root, 'test/support/dns-process.ts');
    const args = [script, path.join(this.#folder, 'view'), JSON.stringify(options)];
    const child = this.#pinned(process.execPath, args, ['pipe', 'pipe', 'inherit']);
    const server = { name: 'heddle', port, process: child };
    const said = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    await said.next();
    const services = this.names.map((_, index) => serviceOf(`s${index}`, { alias: false }));
    for (const message of [snapshotOf(...services), { stale: false }]) {
      child.stdin?.write(`${JSON.stringify(message)}\n`);
      await said.next();
    }
    return server;
  }

  #bind(port: number): Server {
    const conf = path.join(this.#folder, 'named.conf');
    writeFileSync(
      conf,
      `options { directory "${this.#folder}"; pid-file none; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
        recursion no; minimal-responses yes; };
      controls {}; zone "edge.internal" { type primary; file "${this.#zoneFile()}"; };\n`,
    );
    return { name: 'bind', port, process: this.#pinned('named', ['-g', '-n', '1', '-c', conf]) };
  }

  #knot(port: number): Server {
    const conf = path.join(this.#folder, 'knot.conf');
    const server = [
      `listen: 127.0.0.1@${port}`,
      `rundir: ${this.#folder}`,
      'udp-workers: 1',
      'tcp-workers: 1',
      'background-workers: 1',
    ];
    writeFileSync(
      conf,
      `server:\n${server.map((line) => `  ${line}\n`).join('')}database:\n  storage: ${this.#folder}
zone:\n  - domain: edge.internal\n    file: ${this.#zoneFile()}\n`,
    );
    return { name: 'knot', port, process: this.#pinned('knotd', ['-c', conf]) };
  }

  #zoneFile(): string {
    const file = path.join(this.#folder, 'zone');
    const head = `$ORIGIN edge.internal.\n$TTL 2\n@ SOA ns hostmaster 1 60 10 604800 2\n@ NS ns\nns A 10.1.0.1\n`;
    writeFileSync(file, head + this.names.map((name) => `${name}. 2 A ${copy}\n`).join(''));
    return file;
  }

  #pinned(program: string, args: readonly string[], stdio: Streams = 'ignore'): ChildProcess {
    return spawn('taskset', ['-c', core, program, ...args], { cwd: this.#folder, stdio });
  }

  async #answers({ port }: Server): Promise<boolean> {
    const asking = ['@127.0.0.1', '-p', String(port), '+short', '+time=1', this.names[0] ?? ''];
    return (await run('kdig', asking)).stdout.includes(copy);
  }
}

type Streams = 'ignore' | ['pipe', 'pipe', 'inherit'];
