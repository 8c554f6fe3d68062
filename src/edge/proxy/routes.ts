import { isIP } from 'node:net';
import { isOfLayer4, numberOf } from '../model/model.ts';
import type { CurrentView, ServiceView } from '../view/view.ts';

/** What a proxy has to listen on and where it leads: the same for every program that can do it. */
export interface Routes {
  /** By port. */
  readonly listeners: readonly Listener[];
  /** By name. */
  readonly backends: readonly Backend[];
  /** What is balanced at layer 4, and no proxy's. */
  readonly balanced: readonly Balanced[];
  readonly refused: readonly Refusal[];
}

export interface Listener {
  readonly port: number;
  /** `https` speaks TLS with clients and HTTP with the copies. */
  readonly kind: 'http' | 'https' | 'stream';
  /** Backends by host name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Backends by path, `/web/`, for hosts that are no service's. The path is taken away on the way. */
  readonly paths: Readonly<Record<string, string>>;
  /** Of a stream: where all of it goes. */
  readonly backend?: string;
}

/** One port of one service. */
export interface Backend {
  /** `<namespace>.<service>.<port>`, with `.site` behind it when it is only the copies at this site. */
  readonly name: string;
  readonly application: 'http' | 'stream';
  /** In the order in which they are to be used. */
  readonly servers: readonly Server[];
}

/** A port that is balanced at layer 4. */
export interface Balanced {
  /** `<namespace>/<name>`. */
  readonly service: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** In the order in which they are to be used. */
  readonly servers: readonly Server[];
  /** Copies that keep the connections they have: those, and what is on its way out. */
  readonly keepers: readonly Pick<Server, 'address' | 'port'>[];
}

/** A live copy. Those of role `active` share the load; of those of role `spare`, the first takes over. */
export interface Server {
  readonly address: string;
  readonly port: number;
  readonly role: 'active' | 'spare';
  /** At another site: what is lost on the way there is no sign of its end. */
  readonly isFar: boolean;
}

/** A port of a service that cannot be given, and why. */
export interface Refusal {
  readonly service: string;
  readonly port: number;
  readonly reason: string;
}

/** How the proxy is set up: where it stands, and with what. */
export interface ProxySetup {
  /** Of a proxy at a node: copies there come first, and it leads to every service. */
  readonly node?: string;
  /** Whether there are certificates, and so HTTPS. */
  readonly tls: boolean;
  /** Whether something balances at layer 4 there. */
  readonly balance: boolean;
}

export const httpPort = 80;
export const httpsPort = 443;

type PortOf = ServiceView['ports'][number];

/** What a proxy at a site has to do. Pure: the same view gives the same routes, in the same order. */
export function routesOf(view: CurrentView, setup: ProxySetup): Routes {
  const services = [...view.services]
    .filter(([, { steer }]) => steer === 'gateway' || setup.node !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const listeners = new Map<number, Draft>();
  const backends = new Map<string, Backend>();
  const balanced: Balanced[] = [];
  const refused: Refusal[] = [];
  const isAtNode = setup.node !== undefined;
  const ports = services.flatMap(([key, service]) =>
    service.ports
      .filter(({ notAtNodes }) => !(isAtNode && notAtNodes))
      .map((port) => ({ key, service, port })),
  );
  // HTTP first: many services share one of its ports, of a stream's there is one.
  for (const { key, service, port } of ports.filter(({ port }) => port.application === 'http')) {
    const reason = port.protocol === 'udp' ? overUdp : httpListeners(listeners, view, service, port, setup);
    if (reason !== undefined) refused.push({ service: key, port: port.port, reason });
    else for (const one of backendsOf(view, service, port, setup)) backends.set(one.name, one);
  }
  const taken = takenByHttp(listeners, setup);
  for (const { key, service, port } of ports.filter(({ port }) => port.application === 'stream')) {
    const { protocol, port: number } = port;
    const reason = taken.get(`${protocol}-${number}`) ?? whyNotCarried(port, setup);
    if (reason !== undefined) {
      refused.push({ service: key, port: number, reason });
      continue;
    }
    taken.set(`${protocol}-${number}`, `${key} has it`);
    if (isBalancedAt(setup, port)) balanced.push(balancedOf(view, key, service, port, setup));
    else {
      const [whole] = backendsOf(view, service, port, setup) as [Backend];
      backends.set(whole.name, whole);
      listeners.set(number, { ...draft(number, 'stream'), backend: whole.name });
    }
  }
  const isBalanced = (port: number) => balanced.some((one) => one.protocol === 'tcp' && one.port === port);
  if (!listeners.has(httpPort) && !isBalanced(httpPort)) listeners.set(httpPort, draft(httpPort, 'http'));
  if (setup.tls && !isBalanced(httpsPort)) alsoOverTls(listeners);
  return {
    listeners: [...listeners.values()].sort((a, b) => a.port - b.port),
    backends: [...backends.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    balanced,
    refused,
  };
}

/** Ports that HTTP is spoken at, each with that reason. What is at port 80 is there over TLS as well: nobody takes that from all. */
function takenByHttp(listeners: ReadonlyMap<number, Draft>, { tls }: ProxySetup): Map<string, string> {
  const taken = new Map([...listeners.keys()].map((port) => [`tcp-${port}`, 'HTTP is spoken there']));
  if (tls && listeners.has(httpPort))
    taken.set(`tcp-${httpsPort}`, `HTTPS is spoken there, for what is at port ${httpPort}`);
  return taken;
}

const overUdp = 'a proxy carries no UDP';

/** At a node a proxy carries all TCP; at a gateway what asks for layer 4 is none of its business. */
function isBalancedAt({ node }: ProxySetup, port: PortOf): boolean {
  return node === undefined && isOfLayer4(port);
}

function whyNotCarried(port: PortOf, setup: ProxySetup): string | undefined {
  if (isBalancedAt(setup, port))
    return setup.balance ? undefined : 'it is for layer 4, and nothing balances there (--balance)';
  return port.protocol === 'udp' ? overUdp : undefined;
}

interface Draft extends Listener {
  readonly hosts: Record<string, string>;
  readonly paths: Record<string, string>;
}

const draft = (port: number, kind: Listener['kind']): Draft => ({ port, kind, hosts: {}, paths: {} });

/** @returns why there is none */
function httpListeners(
  listeners: Map<number, Draft>,
  view: CurrentView,
  service: ServiceView,
  port: PortOf,
  { tls }: ProxySetup,
): string | undefined {
  const isTls = port.port === httpsPort;
  if (isTls && !tls) return 'there is no certificate to speak TLS with';
  const listener = listeners.get(port.port) ?? draft(port.port, isTls ? 'https' : 'http');
  listeners.set(port.port, listener);
  const { name, namespace, alias, bySite } = service;
  const whole = backendName(service, port);
  const lead = (host: string, backend: string) => {
    listener.hosts[`${host}.${view.domain}`] = backend;
    // A client with a search domain may ask for `http://web/`.
    listener.hosts[host] = backend;
  };
  lead(`${name}.${namespace}.svc`, whole);
  if (bySite) lead(`${name}.${view.site}.site`, `${whole}.site`);
  if (alias) {
    lead(name, whole);
    listener.paths[`/${name}/`] = whole;
  }
  return undefined;
}

/** What is there on port 80 is there over TLS as well, save for what has a port of its own for that. */
function alsoOverTls(listeners: Map<number, Draft>): void {
  const plain = listeners.get(httpPort);
  const secure = listeners.get(httpsPort) ?? draft(httpsPort, 'https');
  if (plain?.kind !== 'http' || secure.kind !== 'https') return;
  listeners.set(httpsPort, {
    ...secure,
    hosts: { ...plain.hosts, ...secure.hosts },
    paths: { ...plain.paths, ...secure.paths },
  });
}

/** Where one port of a service leads, if it is given: the first to all copies. */
export function backendsOf(
  view: Pick<CurrentView, 'site'>,
  service: ServiceView,
  port: PortOf,
  { node }: ProxySetup,
): Backend[] {
  const { application } = port;
  const name = backendName(service, port);
  const live = service.copies.filter(({ verdict }) => verdict !== 'out');
  const local = live.filter((copy) => copy.node === node);
  const ordered = [...local, ...live.filter((copy) => copy.node !== node)];
  const whole = serversOf(view.site, ordered, port, (copy) =>
    local.length > 0 ? copy.node === node : copy.site === ordered[0]?.site,
  );
  if (application === 'stream' || !service.bySite) return [{ name, application, servers: whole }];
  const here = ordered.filter(({ site }) => site === view.site);
  const isNearest = (copy: ServiceView['copies'][number]) => local.length === 0 || copy.node === node;
  return [
    { name, application, servers: whole },
    { name: `${name}.site`, application, servers: serversOf(view.site, here, port, isNearest) },
  ];
}

/** One port of a service at layer 4, if it is given. */
export function balancedOf(
  view: Pick<CurrentView, 'site'>,
  key: string,
  service: ServiceView,
  port: PortOf,
  setup: ProxySetup,
): Balanced {
  const [whole] = backendsOf(view, service, port, setup) as [Backend];
  const keepers = serversOf(view.site, service.copies.filter(mayKeep), port, () => true);
  return { service: key, protocol: port.protocol, port: port.port, servers: whole.servers, keepers };
}

const mayKeep = ({ verdict, draining }: ServiceView['copies'][number]) => verdict !== 'out' || draining;

function serversOf(
  site: string,
  copies: ServiceView['copies'],
  port: PortOf,
  isActive: (copy: ServiceView['copies'][number]) => boolean,
): Server[] {
  // Two copies at one address and port are one to a proxy; what is no address never gets into a configuration.
  const servers = new Map<string, Server>();
  for (const copy of copies) {
    const { address } = copy;
    const number = numberOf(copy.ports, port) ?? port.port;
    const key = `${address} ${number}`;
    if (servers.has(key) || isIP(address) === 0) continue;
    servers.set(key, {
      address,
      port: number,
      role: isActive(copy) ? 'active' : 'spare',
      isFar: copy.site !== site,
    });
  }
  return [...servers.values()];
}

/** `shop.web.http`. */
export function backendName({ namespace, name }: ServiceView, port: PortOf): string {
  return `${namespace}.${name}.${port.name}`;
}
