import { mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { isInstalled } from '../../lib/exec.ts';
import type { Log } from '../../lib/log.ts';
import { longestPause, RetryLoop } from '../../lib/retry-loop.ts';
import { bindError } from '../listen/bindable.ts';
import { type Endpoint, listenError } from '../listen/endpoint.ts';
import type { HttpServer } from '../listen/http-server.ts';
import type { Validity } from '../model/validity.ts';
import type { ViewChange, ViewSubscriber } from '../view/subscriber.ts';
import type { CurrentView } from '../view/view.ts';
import { hostPort } from './address.ts';
import { type CertificateSource, challengePath } from './certificate-source.ts';
import type { Certificate, ClientRules, Driver, DriverKind, Wanted } from './driver.ts';
import type { ProxyFigures } from './figures.ts';
import { addressOf, helpPage } from './help-page.ts';
import { openHelpServer } from './help-server.ts';
import { Listening } from './listening.ts';
import { RouteTable } from './route-table.ts';
import { type Backend, httpPort, type Routes } from './routes.ts';

/** Milliseconds between two looks at the certificates. */
const certificatesInterval = 10_000;
/** Pages that are kept. */
const pagesAtMost = 16;

export interface ProxyOptions {
  readonly kind: DriverKind;
  /** Of a proxy at a node, which is not the gateway. */
  readonly node?: string;
  /** Whether layer 4 is balanced beside it. */
  readonly balance: boolean;
  /** Addresses to listen on; empty: the gateway's own, or the node's. */
  readonly addresses: readonly string[];
  readonly clients: ClientRules;
  /** Nothing: HTTP only. */
  readonly certificates?: CertificateSource;
  /** Folder for what the program reads, the proxy's own. */
  readonly folder: string;
  readonly log: Log;
}

/** A proxy program that does what the view says, now and when the view changes. */
export class SiteProxy implements ViewSubscriber {
  readonly #options: ProxyOptions;
  readonly #driver: Driver;
  readonly #help: HttpServer;
  readonly #certificatesTimer: NodeJS.Timeout | undefined;
  #certificates: readonly Certificate[];
  readonly #table = new RouteTable();
  #view: CurrentView | undefined;
  /** Whether more than other copies is to be looked at. */
  #isAllDue = true;
  /** Whether it listens on the port of HTTP. */
  #isOpen = false;
  /** Ports that could not be listened on, and why. */
  #notListening: ReadonlyMap<number, string> = new Map();
  /** By the address that links lead by. */
  readonly #pages = new Map<string, string>();
  readonly #listening: Listening;
  /** What was complained about last, so that it is said once. */
  #complaints = '';
  readonly #retryLoop = new RetryLoop(
    () => this.#apply(),
    ({ code, message }) =>
      this.#options.log.error({ code, error: message }, 'proxy configuration cannot be applied'),
  );

  private constructor(options: ProxyOptions, help: HttpServer, certificates: readonly Certificate[]) {
    this.#options = options;
    this.#help = help;
    this.#certificates = certificates;
    const { folder, log, kind } = options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#listening = new Listening(path.join(folder, 'listening.json'));
    this.#driver = kind.create({
      folder: path.resolve(folder),
      log,
      ended: (reason) => {
        log.error({ code: 'ERR_EDGE_PROXY', reason }, `${kind.program} ended; it is started again`);
        this.#isAllDue = true;
        this.#retryLoop.due();
      },
    });
    options.certificates?.start?.(() => this.#readCertificates());
    if (options.certificates)
      this.#certificatesTimer = setInterval(() => this.#readCertificates(), certificatesInterval);
  }

  /**
   * Makes what is needed to proxy; nothing is proxied before the first view.
   * @throws HeddleError ERR_EDGE_PROXY when the program is not installed, ERR_EDGE_CERTIFICATE
   */
  static async open(options: ProxyOptions): Promise<SiteProxy> {
    const { program } = options.kind;
    if (!(await isInstalled(program)))
      throw new HeddleError('ERR_EDGE_PROXY', `${program} is not installed`, {
        hint: `apt-get install ${program}, or choose another with --proxy`,
      });
    const certificates = options.certificates?.read() ?? [];
    let proxy: SiteProxy | undefined;
    const help = await openHelpServer((host) => proxy?.page(host) ?? '', options.certificates?.challenges);
    proxy = new SiteProxy(options, help, certificates);
    return proxy;
  }

  /** Does what the view says from now on, when there is time for it. */
  changed(change: ViewChange, view: CurrentView): void {
    this.#view = view;
    this.#table.touch(change);
    // It tells of services that no proxy leads to as well.
    this.#pages.clear();
    this.#retryLoop.due();
  }

  /** Whether it has certificates now, and so HTTPS. */
  get speaksTls(): boolean {
    return this.#certificates.length > 0;
  }

  /** Those that clients need; one that nobody wants any more is shown until it expires. */
  get certificates(): Validity[] {
    return (this.#options.certificates?.wanted?.() ?? this.#certificates).map(
      ({ file, names: [name = path.basename(file)], from, until }) => ({
        name,
        from,
        until,
      }),
    );
  }

  /** It costs what there are services, and anybody may ask: it is made once for each address that it is asked by. */
  page(host: string): string {
    const [view, routes] = [this.#view, this.#table.routes];
    if (!view || !routes) return '';
    const address = addressOf(host) ?? '';
    const facts = { view, routes, notListening: this.#notListening };
    const page = this.#pages.get(address) ?? helpPage(facts, host);
    if (this.#pages.size >= pagesAtMost) this.#pages.clear();
    this.#pages.set(address, page);
    return page;
  }

  /**
   * What went through it, as the program tells it.
   * @returns nothing for a program that cannot tell
   */
  async figures(): Promise<ProxyFigures | undefined> {
    try {
      const { kind, folder } = this.#options;
      const backends = await kind.figures?.(folder);
      return backends && { isUp: true, backends };
    } catch {
      return { isUp: false, backends: [] };
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#certificatesTimer);
    await Promise.all([this.#retryLoop.stop(), this.#options.certificates?.stop?.()]);
    await this.#driver.stop();
    this.#help.close();
  }

  /** @returns when to try again, if something could not be done */
  async #apply(): Promise<number | undefined> {
    const view = this.#view;
    if (!view) return undefined;
    const { node, balance } = this.#options;
    const setup = { tls: this.speaksTls, balance, ...(node !== undefined && { node }) };
    try {
      const change = this.#table.update(view, setup);
      const isAll = this.#isAllDue || change === 'all';
      this.#isAllDue = false;
      if (isAll || !(await this.#adjust(change.backends))) return await this.#applyAll(view);
      this.#applied(view);
      return undefined;
    } catch (error) {
      this.#isAllDue = true;
      this.#table.touchAll();
      throw error;
    }
  }

  /** @returns whether it was enough to lead these elsewhere */
  async #adjust(backends: readonly Backend[]): Promise<boolean> {
    return backends.length === 0 || ((await this.#driver.adjust?.(backends)) ?? false);
  }

  async #applyAll(view: CurrentView): Promise<number | undefined> {
    const { node, addresses, certificates: source } = this.#options;
    const certificates = this.#certificates;
    const routes = this.#table.routes as Routes;
    const own = (node === undefined ? view.gateways[view.site] : view.nodes[node]) ?? [];
    const { listen, problems } = await this.#ports(routes, addresses.length > 0 ? addresses : own);
    this.#complain([...problems.values()], routes);
    this.#notListening = new Map([...problems].map(([{ port }, { message }]) => [port, message]));
    const helpPaths = source?.challenges ? [challengePath] : [];
    const { trusted, connections } = this.#options.clients;
    // A gateway leads on to the proxies of nodes, which are to know whom it does that for.
    const gateways = node === undefined ? [] : Object.values(view.gateways).flat().filter(isIP);
    const clients = { trusted: [...new Set([...trusted, ...gateways])], connections };
    const help = this.#help.endpoint;
    const wanted: Wanted = { routes, listen, help, helpPaths, certificates, clients };
    const now = [...listen].flatMap(([port, all]) => all.map((address) => hostPort({ address, port })));
    // Whenever this process ends, the next one has to know what the program may listen on.
    this.#listening.set([...this.#listening.all, ...now]);
    await this.#driver.apply(wanted);
    this.#listening.set(now);
    this.#isOpen = listen.has(httpPort);
    this.#applied(view);
    if (problems.size === 0) return undefined;
    this.#isAllDue = true;
    return longestPause;
  }

  /** It does as the view says. */
  #applied(view: CurrentView): void {
    this.#pages.clear();
    this.#options.certificates?.proxied?.(view, { balance: this.#options.balance, isOpen: this.#isOpen });
  }
  /** Which ports can be listened on. What others have, or is not there, is left out, and the rest goes on. */
  async #ports(routes: Routes, addresses: readonly string[]) {
    const listen = new Map<number, string[]>();
    const problems = new Map<Endpoint, HeddleError>();
    const isRunning = await this.#driver.isRunning();
    for (const { port } of routes.listeners) {
      for (const address of addresses) {
        const endpoint = { address, port };
        const isOwn = isRunning && this.#listening.has(hostPort(endpoint));
        const error = isOwn ? undefined : await bindError('tcp', endpoint);
        const problem = error && listenError(error, endpoint, 'TCP', 'the proxy');
        if (problem) problems.set(endpoint, problem);
        else listen.set(port, [...(listen.get(port) ?? []), address]);
      }
    }
    return { listen, problems };
  }

  #complain(problems: readonly HeddleError[], { refused }: Routes): void {
    const complaints = JSON.stringify([problems.map(({ message }) => message), refused]);
    if (complaints === this.#complaints) return;
    this.#complaints = complaints;
    const { log } = this.#options;
    for (const { code, message, hint } of problems) log.error({ code, hint }, message);
    for (const refusal of refused) log.warn(refusal, 'port of a service refused at the proxy');
  }

  #readCertificates(): void {
    const { certificates: source, log } = this.#options;
    try {
      const found = source?.read() ?? [];
      const isSame = JSON.stringify(found) === JSON.stringify(this.#certificates);
      this.#certificates = found;
      if (isSame) return;
      this.#isAllDue = true;
      this.#retryLoop.due();
    } catch (error) {
      const { code, message } = toHeddleError(error);
      log.error(
        { code, error: message },
        'certificates of the proxy are invalid; the last valid ones stay in use',
      );
    }
  }
}
