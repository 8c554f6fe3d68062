import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Running, TestHost } from './host.ts';
import { root } from './installed.ts';
import { run } from './run.ts';
import { until } from './until.ts';

const places = `
domain: edge.internal
sites:
  helsinki: { gateway: [10.1.0.1], location: { latitude: 60.17, longitude: 24.94 } }
  berlin: { gateway: [10.2.0.1], location: { latitude: 52.52, longitude: 13.4 } }
nodes:
  h1: { site: helsinki, addresses: [10.1.0.11], proxy: true }
  b1: { site: berlin, addresses: [10.2.0.11] }
  b2: { site: berlin, addresses: [10.2.0.12] }
`;

/** Where DNS is answered, on 127.0.0.1. */
const ports: Readonly<Record<string, number>> = { helsinki: 15_401, berlin: 15_402 };

/** Where the proxy of the node h1 listens. */
export const proxyAddress = '127.85.1.11';

/** An edge of two sites on one machine: an authority, controllers, gateways, and the brokers between them. */
export class EdgeHost extends TestHost {
  readonly file = path.join(this.folder, 'edge.yaml');

  /** Writes the edge file: services of the namespace shop, reached directly, and the nodes where copies run. */
  write(services: Readonly<Record<string, readonly string[]>>): void {
    const lines = Object.entries(services).map(([name, nodes]) => {
      const copies = nodes.map((node) => `{ id: ${node}, node: ${node}, address: 10.9.0.1 }`);
      return `  shop/${name}: { steer: direct, ports: { http: { port: 80, application: http } }, copies: [${copies.join(', ')}] }`;
    });
    writeFileSync(this.file, `${places}services:\n${lines.join('\n')}\n`);
  }

  path(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  /** `heddle edge ca …` with the authority of this edge. */
  ca(command: string, ...args: readonly string[]): Promise<string> {
    return this.ok('edge', 'ca', command, '--dir', this.path('ca'), ...args);
  }

  /** Makes the authority, and the certificates of all that there is. */
  async certify(): Promise<void> {
    await this.ca('init');
    for (const name of ['controller', 'broker'])
      await this.ca('issue', name, '--host', '127.0.0.1', '--out', this.path(name));
    for (const site of Object.keys(ports))
      await this.ca('issue', `gateway:${site}`, '--out', this.path(site));
    await this.ca('issue', 'node:h1', '--out', this.path('h1'));
  }

  /** @param name of its state; two controllers have two */
  controller(name: string, ...args: readonly string[]): Running {
    return this.start(...this.controllerArguments(name, ...args));
  }

  /** What `heddle` is told to be one. */
  controllerArguments(name: string, ...args: readonly string[]): string[] {
    const folders = ['--tls', this.path('controller'), '--state', this.path(`state-${name}`)];
    return ['edge', 'controller', '-f', this.file, ...folders, ...args];
  }

  gateway(site: string, ...brokers: readonly number[]): Running {
    const urls = brokers.flatMap((port) => ['--broker', `mqtts://127.0.0.1:${port}`]);
    const listen = ['--listen', `127.0.0.1:${ports[site]}`];
    return this.start(
      'edge',
      'gateway',
      '--site',
      site,
      '--tls',
      this.path(site),
      ...urls,
      ...listen,
      '--proxy',
      'none',
    );
  }

  /** The proxy of the node h1, led by a controller. */
  proxy(broker: number): Running {
    const led = ['--tls', this.path('h1'), '--broker', `mqtts://127.0.0.1:${broker}`];
    return this.start('edge', 'proxy', '--node', 'h1', ...led, '--proxy-address', proxyAddress);
  }

  /** Starts Mosquitto with the configuration of the package, and what it retained before. */
  async mosquitto(port: number): Promise<Running> {
    const own = this.path('broker');
    const packaged = path.join(root, 'packaging', 'mosquitto');
    cpSync(path.join(packaged, 'heddle.acl'), path.join(own, 'heddle.acl'));
    const text = readFileSync(path.join(packaged, 'heddle.conf'), 'utf8')
      .replaceAll('/etc/heddle/broker', own)
      .replace('listener 8883', `listener ${port} 127.0.0.1`);
    // Root reads the key here; a distribution's unit has a user of its own.
    writeFileSync(path.join(own, 'mosquitto.conf'), `${text}persistence_location ${own}/\nuser root\n`);
    const running = this.launch('mosquitto', ['-c', path.join(own, 'mosquitto.conf')]);
    await until('Mosquitto listens', () => running.printed().includes(`listen socket on port ${port}`));
    return running;
  }

  /** @param tls folder with its certificate; then it asks others for theirs */
  async etcd(port: number, tls?: string): Promise<Running> {
    const data = this.path('etcd');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const client = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    const [ca, cert, key] = ['ca.crt', 'cert.pem', 'key.pem'].map((name) => path.join(tls ?? '', name));
    const own = ['--trusted-ca-file', `${ca}`, '--cert-file', `${cert}`, '--key-file', `${key}`];
    const shown = ['--cacert', `${ca}`, '--cert', `${cert}`, '--key', `${key}`];
    const peer = `http://127.0.0.1:${port + 1}`;
    const running = this.launch('etcd', [
      ...['--data-dir', data, '--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', `default=${peer}`],
      ...(tls ? ['--client-cert-auth', ...own] : []),
    ]);
    const isUp = async () =>
      (await run('curl', ['-sf', ...(tls ? shown : []), `${client}/health`])).stdout.includes('true');
    await until('etcd answers', isUp);
    return running;
  }

  /** What a gateway answers, as kdig shows it. */
  async kdig(site: string, name: string, type = 'A'): Promise<string> {
    const server = ['@127.0.0.1', '-p', String(ports[site]), '+timeout=1', '+retry=0', '+edns'];
    return (await run('kdig', [...server, `${name}.shop.svc.edge.internal`, type])).stdout;
  }

  /** The addresses that a gateway answers with. */
  async addresses(site: string, name: string): Promise<string[]> {
    return [...(await this.kdig(site, name)).matchAll(/IN\tA\t(\S+)/g)].map(([, address = '']) => address);
  }

  /** Waits until a gateway answers with these addresses; how long it took, in milliseconds. */
  answers(site: string, name: string, ...addresses: readonly string[]): Promise<number> {
    const isSo = async () => (await this.addresses(site, name)).join() === addresses.join();
    return until(`${site} answers ${addresses} for ${name}`, isSo);
  }

  async isStale(site: string): Promise<boolean> {
    return (await this.kdig(site, 'web')).includes('Stale');
  }

  /** Whether a gateway answers, and does not say that it may be out of date. */
  async isUpToDate(site: string, name = 'web'): Promise<boolean> {
    const answer = await this.kdig(site, name);
    return /status: (NOERROR|NXDOMAIN)/.test(answer) && !answer.includes('EDE');
  }

  /** Whether a gateway answers, and with no address. A question that is lost says nothing. */
  async isGone(site: string, name: string): Promise<boolean> {
    const answer = await this.kdig(site, name);
    return answer.includes('status: ') && !/IN\tA\t/.test(answer);
  }
}
