import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { longestPause, RetryLoop } from '../../lib/retry-loop.ts';
import { bindError } from '../listen/bindable.ts';
import { type Endpoint, listenError } from '../listen/endpoint.ts';
import { isOfLayer4 } from '../model/model.ts';
import { RouteTable } from '../proxy/route-table.ts';
import type { Balanced } from '../proxy/routes.ts';
import type { ViewChange, ViewSubscriber } from '../view/subscriber.ts';
import type { CurrentView, ServiceView } from '../view/view.ts';
import { endAll, isConntrackInstalled, moveLostFlows } from './conntrack.ts';
import type { Keepers } from './flows.ts';
import { whyNotForwarded } from './forwarding.ts';
import { KnownTables } from './known-tables.ts';
import { NftTable } from './nft.ts';
import { backendOf, families, partsOf, type Rules, rulesOf } from './rules.ts';

/** Milliseconds between two looks at whether the rules are still there. */
const lookInterval = 2000;

export interface BalancerOptions {
  readonly site: string;
  /** Addresses that clients come to; empty: the gateway's own. */
  readonly addresses: readonly string[];
  /** Whether the proxy speaks HTTPS now, which has a port then. */
  readonly speaksTls: () => boolean;
  readonly log: Log;
}

/** Has the kernel lead connections to copies as the view says, now and when the view changes. */
export class SiteBalancer implements ViewSubscriber {
  readonly #options: BalancerOptions;
  readonly #table: NftTable;
  readonly #retryLoop: RetryLoop;
  readonly #tables = new KnownTables();
  readonly #routes = new RouteTable();
  #view: CurrentView | undefined;
  /** Services with ports of layer 4: without any, there is nothing to balance whatever else there is. */
  readonly #balanced = new Set<string>();
  #hadBalanced = false;
  /** Whether it is to be looked at though nothing is balanced elsewhere. */
  #isAllDue = true;
  /** Whether anything was ever to be balanced: a host without nftables is none of our business before that. */
  #isNeeded = false;
  /** The copies whose flows were looked at last. */
  #kept = '';
  /** What was complained about last, so that it is said once. */
  #complaints = '';
  #looks: NodeJS.Timeout | undefined;
  /** Whether the proxy spoke HTTPS when the rules were worked out. */
  #tls = false;

  constructor(options: BalancerOptions) {
    this.#options = options;
    this.#table = new NftTable(options.site);
    this.#retryLoop = new RetryLoop(
      () => this.#apply(),
      (error) => this.#complain([error]),
    );
  }

  changed(change: ViewChange, view: CurrentView): void {
    this.#view = view;
    this.#routes.touch(change);
    if (change.isWhole) this.#balanced.clear();
    for (const key of change.removed) this.#balanced.delete(key);
    for (const [key, service] of Object.entries(change.set)) {
      if (isBalanced(service)) this.#balanced.add(key);
      else this.#balanced.delete(key);
    }
    if (change.places) this.#isAllDue = true;
    this.#looks ??= setInterval(() => this.#look(), lookInterval);
    this.#retryLoop.due();
  }

  /** Leaves nothing behind: what was open ends, too. */
  async stop(): Promise<void> {
    await this.#retryLoop.stop();
    // Without a view there was nothing to do; what there is may be another gateway's, for which this one had no place.
    if (!this.#looks) return;
    clearInterval(this.#looks);
    try {
      await this.#table.isGone();
      const rules = await this.#table.rules();
      await this.#table.remove();
      if (rules && (await isConntrackInstalled())) await endAll(rules);
    } catch (error) {
      if (this.#isNeeded) this.#complain([error as HeddleError]);
    }
  }

  /** @returns when to try again, if something could not be done */
  async #apply(): Promise<number | undefined> {
    const view = this.#view;
    if (!view) return undefined;
    this.#tls = this.#options.speaksTls();
    const isAll = this.#isAllDue;
    this.#isAllDue = false;
    try {
      const balanced = this.#balancedOf(view, isAll);
      const again = balanced && (await this.#applyTo(view, balanced));
      if (again !== undefined) this.#isAllDue = true;
      return again;
    } catch (error) {
      this.#isAllDue = true;
      throw error;
    }
  }

  /** What is to be balanced; nothing: what was. */
  #balancedOf(view: CurrentView, isAll: boolean): readonly Balanced[] | undefined {
    const had = this.#hadBalanced;
    this.#hadBalanced = this.#balanced.size > 0;
    if (!this.#hadBalanced) {
      this.#routes.touchAll();
      return isAll || had ? [] : undefined;
    }
    const change = this.#routes.update(view, { tls: this.#tls, balance: true });
    if (!isAll && change !== 'all' && !change.isBalancedElse) return undefined;
    return this.#routes.routes?.balanced;
  }

  /** @returns when to try again, if something could not be done */
  async #applyTo(view: CurrentView, balanced: readonly Balanced[]): Promise<number | undefined> {
    const { addresses, log } = this.#options;
    const own = addresses.length > 0 ? addresses : (view.gateways[view.site] ?? []);
    const wanted = this.#tables.within((tableOf) => rulesOf(own, balanced, tableOf));
    if (balanced.length > 0) this.#isNeeded = true;
    const before = await this.#table.rules().catch((error) => {
      if (this.#isNeeded) throw error;
      return undefined;
    });
    if (!before && Object.keys(wanted.ports).length === 0) {
      await this.#table.removeOld();
      return undefined;
    }
    const { rules, problems } = await withoutTaken(wanted, before);
    this.#complain([...problems, ...whyNotForwarded(rules), ...(await whyNotMoved(rules))]);
    if (await this.#table.apply(rules))
      log.info({ ports: Object.keys(rules.ports) }, 'layer 4 rules updated');
    await this.#moveFlows(rules, balanced);
    return problems.length === 0 ? undefined : longestPause;
  }

  async #moveFlows(rules: Rules, balanced: readonly Balanced[]): Promise<void> {
    const keepers = keepersOf(rules, balanced);
    const kept = JSON.stringify([...keepers].map(([port, all]) => [port, [...all].sort()]));
    if (kept === this.#kept || !(await isConntrackInstalled())) return;
    await moveLostFlows(rules, keepers);
    this.#kept = kept;
  }

  /** Puts the rules back that somebody took away with all others. */
  async #look(): Promise<void> {
    if (this.#options.speaksTls() !== this.#tls) this.#retryLoop.due();
    // What is wrong with nft shows when there is something to tell it.
    if (!(await this.#table.isGone().catch(() => false))) return;
    this.#options.log.warn(
      { table: this.#table.name },
      'layer 4 rules were removed from outside; restoring them',
    );
    this.#kept = '';
    this.#isAllDue = true;
    this.#retryLoop.due();
  }

  #complain(problems: readonly HeddleError[]): void {
    const complaints = JSON.stringify(problems.map(({ message }) => message));
    if (complaints === this.#complaints) return;
    this.#complaints = complaints;
    for (const { code, message, hint } of problems) this.#options.log.error({ code, hint }, message);
  }
}

function isBalanced({ steer, ports }: ServiceView): boolean {
  return steer === 'gateway' && ports.some(isOfLayer4);
}

/**
 * Why a port is not to be had: a program of this host listens there, and would hear nothing any more. An address that the
 * host does not have now, it may have later.
 */
async function whyTaken(protocol: 'tcp' | 'udp', endpoint: Endpoint): Promise<HeddleError | undefined> {
  const error = await bindError(protocol, endpoint);
  if (error?.code !== 'EADDRINUSE') return undefined;
  return listenError(error, endpoint, protocol.toUpperCase(), 'layer 4');
}

/** What others listen on is left to them, and the rest goes on. */
async function withoutTaken(wanted: Rules, before: Rules | undefined) {
  const problems: HeddleError[] = [];
  const ports: Record<string, Rules['ports'][string]> = {};
  for (const [key, port] of Object.entries(wanted.ports)) {
    const { protocol, number, family } = partsOf(key);
    const isOwn = before !== undefined && key in before.ports;
    const addresses = isOwn ? [] : wanted.gateways[family];
    const found = await Promise.all(
      addresses.map((address) => whyTaken(protocol as 'tcp' | 'udp', { address, port: Number(number) })),
    );
    const taken = found.filter((one) => one !== undefined);
    problems.push(...taken);
    if (taken.length === 0) ports[key] = port;
  }
  return { rules: { ...wanted, ports }, problems };
}

/** Why UDP clients stay with copies that are gone. */
async function whyNotMoved({ ports }: Rules): Promise<HeddleError[]> {
  const isUdp = Object.keys(ports).some((port) => partsOf(port).protocol === 'udp');
  if (!isUdp || (await isConntrackInstalled())) return [];
  return [
    new HeddleError(
      'ERR_EDGE_BALANCE',
      'UDP clients of a copy that is gone stay with it: conntrack is not installed',
      { hint: 'apt-get install conntrack' },
    ),
  ];
}

/** Of the ports of UDP that are in the rules. */
function keepersOf(rules: Rules, balanced: readonly Balanced[]): Keepers {
  return new Map(
    balanced
      .filter(({ protocol }) => protocol === 'udp')
      .flatMap(({ port, keepers }) => {
        const all = new Set(keepers.map(backendOf));
        return families.map((family) => [`udp-${port}-${family}`, all] as const);
      })
      .filter(([key]) => key in rules.ports),
  );
}
