import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './until.ts';

/** Where it hears others, and their autonomous systems. */
export interface Neighbour {
  readonly address: string;
  readonly as: number;
}

/** A router of FRR that speaks BGP, and looks by BFD whether its neighbours live, in a network namespace of the tests. */
export class FrrRouter {
  readonly #namespace: string;
  readonly #children: ChildProcess[] = [];

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  async start(folder: string, as: number, neighbours: readonly Neighbour[]): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const file = (name: string) => path.join(folder, name);
    writeFileSync(file('zebra.conf'), '');
    writeFileSync(file('bgpd.conf'), bgp(as, neighbours));
    writeFileSync(file('bfdd.conf'), bfd(neighbours));
    execFileSync('chown', ['-R', 'frr:frr', folder]);
    const zebra = file('zserv.api');
    const control = file('bfdd.sock');
    for (const daemon of ['zebra', 'bfdd', 'bgpd']) {
      const paths = ['-f', file(`${daemon}.conf`), '-i', file(`${daemon}.pid`), '-z', zebra];
      const who = ['--vty_socket', folder, '-P', '0', '--log', 'stdout', '-u', 'frr', '-g', 'frr'];
      const own = daemon === 'bfdd' ? ['--bfdctl', control] : [];
      const command = [`/usr/lib/frr/${daemon}`, ...paths, ...who, ...own];
      const child = spawn('nsenter', [`--net=/run/netns/${this.#namespace}`, '--', ...command], {
        stdio: 'ignore',
      });
      this.#children.push(child);
      await until(`${daemon} is there`, () => existsSync(daemon === 'zebra' ? zebra : file(`${daemon}.vty`)));
    }
  }

  /** Takes nothing any more of all that comes, and says nothing of it; or takes it again. */
  silence(isSilent: boolean): void {
    const chains = ['prerouting', 'output'].map(
      (hook) => `add chain inet silent at_${hook} { type filter hook ${hook} priority -500; policy drop; };`,
    );
    const rules = isSilent ? `add table inet silent; ${chains.join(' ')}` : 'delete table inet silent';
    execFileSync('nsenter', [`--net=/run/netns/${this.#namespace}`, 'nft', rules]);
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

function bgp(as: number, neighbours: readonly Neighbour[]): string {
  const lines = neighbours.flatMap(({ address, as: other }) => [
    ` neighbor ${address} remote-as ${other}`,
    ` neighbor ${address} advertisement-interval 0`,
    ` neighbor ${address} timers connect 1`,
    ` neighbor ${address} bfd`,
    // It is spoken with by who calls: a node hears nobody at the port for routers.
    ` neighbor ${address} passive`,
  ]);
  return `router bgp ${as}\n no bgp ebgp-requires-policy\n${lines.join('\n')}\n`;
}

function bfd(neighbours: readonly Neighbour[]): string {
  const peers = neighbours.flatMap(({ address }) => [
    ` peer ${address}`,
    '  detect-multiplier 3',
    '  receive-interval 100',
    '  transmit-interval 100',
    ' exit',
  ]);
  return ['bfd', ...peers, 'exit', ''].join('\n');
}
