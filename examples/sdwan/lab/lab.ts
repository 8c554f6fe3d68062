import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../lib/until.ts';
import { execute, inside, ip, namespaces, type Outcome } from './namespace.ts';
import { bgpConfiguration, type Router, routers } from './router.ts';
import * as topology from './topology.ts';

/** Where the lab keeps what it writes. Fixed, so that one that was killed can be found and removed. */
export const folder = '/run/heddle-lab';

export const root = path.resolve(import.meta.dirname, '../../..');
export const heddleCommand = path.join(root, 'bin', 'heddle');
const wire = path.join(import.meta.dirname, 'wire.ts');

/** Routers, lines, clients and nodes; what runs in them is started by its name. */
export class Lab {
  readonly #running = new Map<string, ChildProcess>();
  readonly #over = new AbortController();

  /** @throws Error when there is a lab already, which is somebody's */
  claim(): void {
    if (namespaces().length > 0 || existsSync(folder)) {
      throw new Error(
        'a lab is there already: end its demo, or remove it with npm run demo:edge -- --remove',
      );
    }
    for (const name of ['log', 'resolver']) mkdirSync(path.join(folder, name), { recursive: true });
  }

  /** Makes the namespaces, joins them, and starts the routers. */
  async build(): Promise<void> {
    addNamespace(topology.internet);
    for (const place of topology.places) addPlace(place);
    await Promise.all(topology.places.map((place) => this.#layLine(place)));
    await Promise.all(routers.map((router) => this.#startRouter(router)));
  }

  /** Starts what goes on until the lab is removed. What it prints is in the folder `log`. */
  start(name: string, namespace: string, command: readonly string[], resolver?: string): void {
    this.#over.signal.throwIfAborted();
    const [program, args] = inside(namespace, command, resolver);
    const log = openSync(path.join(folder, 'log', name), 'w');
    // In a session of its own: Ctrl-C is for the demo, which ends all in order.
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log], env: environment });
    closeSync(log);
    this.#running.set(name, child);
  }

  /** Ends one of them as if it had crashed. */
  kill(name: string): void {
    this.#running.get(name)?.kill('SIGKILL');
  }

  /** Those that have ended though nobody asked them to. */
  get fallen(): string[] {
    return [...this.#running].filter(([, { exitCode }]) => exitCode !== null).map(([name]) => name);
  }

  /** Cuts the line of a branch, or joins it again. At the far end: the branch sees only that nothing comes any more. */
  setLine(place: string, state: 'up' | 'down'): void {
    ip('-n', topology.internet, 'link', 'set', `to-${place}`, state);
  }

  /** Runs a program on the client's or the node's host of a place, which asks the gateway there for names. */
  at(host: string, ...command: readonly string[]): Promise<Outcome> {
    return this.#execute(...inside(host, command, resolverOf(host)));
  }

  /** Runs a heddle command, which has to succeed. */
  async heddle(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#execute(heddleCommand, args);
    if (code !== 0) throw new Error(`heddle ${args.join(' ')}: exit ${code}\n${stderr}${stdout}`);
    return stdout;
  }

  /** From now on nothing is started any more, and what was to come to an end does so: the lab can be removed. */
  close(): void {
    this.#over.abort();
  }

  printed(name: string): string {
    return readFileSync(path.join(folder, 'log', name), 'utf8');
  }

  #execute(program: string, args: readonly string[]): Promise<Outcome> {
    this.#over.signal.throwIfAborted();
    return execute(program, args, { env: environment, signal: this.#over.signal });
  }

  async #layLine({ name, number, delay }: topology.Place): Promise<void> {
    const near = `${topology.routerOf(name)}:wan`;
    const far = `${topology.internet}:to-${name}`;
    const figures = { delay, jitter: topology.jitter, loss: topology.loss };
    const options = Object.entries(figures).flatMap(([option, value]) => [`--${option}`, String(value)]);
    this.start(`line-${name}`, topology.internet, [process.execPath, wire, near, far, ...options]);
    await until(`the line to ${name}`, () => this.printed(`line-${name}`).includes('ready'));
    addAddress(topology.internet, `to-${name}`, `172.31.${number}.1/30`);
    addAddress(topology.routerOf(name), 'wan', `172.31.${number}.2/30`);
  }

  async #startRouter(router: Router): Promise<void> {
    const { namespace } = router;
    const own = path.join(folder, 'frr', namespace);
    mkdirSync(own, { recursive: true });
    const file = (name: string) => path.join(own, name);
    writeFileSync(file('zebra.conf'), '');
    writeFileSync(file('bgpd.conf'), bgpConfiguration(router));
    execFileSync('chown', ['-R', 'frr:frr', own]);
    const zebra = file('zserv.api');
    for (const daemon of ['zebra', 'bgpd']) {
      const paths = ['-f', file(`${daemon}.conf`), '-i', file(`${daemon}.pid`), '-z', zebra];
      const rest = ['--vty_socket', own, '-P', '0', '--log', 'stdout', '-u', 'frr', '-g', 'frr'];
      this.start(`${daemon}-${namespace}`, namespace, [`/usr/lib/frr/${daemon}`, ...paths, ...rest]);
      await until(`zebra of ${namespace}`, () => existsSync(zebra));
    }
  }
}

/** All that runs in the lab has its state here, and nothing of the machine's own. */
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  FORCE_COLOR: undefined,
  HEDDLE_STATE_DIR: path.join(folder, 'state'),
  HEDDLE_RUN_DIR: path.join(folder, 'run'),
};

export function resolverOf(host: string): string {
  return path.join(folder, 'resolver', host);
}

function addNamespace(name: string): void {
  ip('netns', 'add', name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
  // Of this namespace: /proc/sys/net is that of whoever opens it.
  execFileSync('nsenter', [`--net=/run/netns/${name}`, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
}

function addPlace(place: topology.Place): void {
  const router = topology.routerOf(place.name);
  addNamespace(router);
  if (place === topology.hub) {
    addAddress(router, 'lo', `${topology.gatewayAddress(place)}/32`);
    return;
  }
  const hosts = {
    clients: { namespace: topology.clientAt(place.name), network: `10.${place.number}.0` },
    nodes: { namespace: topology.nodeAt(place.name), network: `10.${place.number}.1` },
  };
  for (const [link, { namespace, network }] of Object.entries(hosts)) {
    addNamespace(namespace);
    ip('-n', router, 'link', 'add', link, 'type', 'veth', 'peer', 'eth0', 'netns', namespace);
    addAddress(router, link, `${network}.1/24`);
    addAddress(namespace, 'eth0', `${network}.11/24`);
    ip('-n', namespace, 'route', 'add', 'default', 'via', `${network}.1`);
    writeFileSync(
      resolverOf(namespace),
      `nameserver ${topology.gatewayAddress(place)}\noptions timeout:1 attempts:3\n`,
    );
  }
}

function addAddress(namespace: string, device: string, address: string): void {
  ip('-n', namespace, 'address', 'add', address, 'dev', device);
  ip('-n', namespace, 'link', 'set', device, 'up');
}
