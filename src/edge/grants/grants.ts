import {
  type EdgePort,
  type EdgeService,
  type ModelChange,
  type Refused,
  serviceKey,
} from '../model/model.ts';
import {
  mayHaveName,
  mayHavePort,
  type PublishRule,
  type PublishRules,
  ruleOf,
} from '../model/publish-rules.ts';
import { Holders, type Holdings, type Wish } from './holders.ts';
import { asksAtGateways, asksAtNodes, gatewayPort, nameOf, nodePort, portText, wishesOf } from './wishes.ts';

/** Labels below the domain that canonical names begin under. */
const reserved = new Set(['svc', 'site', 'node', 'gateway', 'ns']);
/** How many that share a port are named. */
const namedAtMost = 3;

/** What a service is not given that it asked for; nothing of it is published when it says so. */
export interface Refusal extends Refused {
  readonly service: string;
  readonly isPublished: boolean;
}

/**
 * What of the names and ports that services ask for they are given. A short name, and a port that is no HTTP's, has whoever
 * had it first, for as long as he asks for it; an operator's rules say who may ask. Whoever is refused something is published
 * without that. Does no I/O and knows no time.
 */
export class Grants {
  readonly #order: readonly string[];
  readonly #holders = new Holders((a, b) => this.#compare(a, b));
  /** As sources tell of them. */
  readonly #services = new Map<string, EdgeService>();
  /** Which came when, as long as it is there: those of a file in its order. */
  readonly #arrivals = new Map<string, number>();
  #arrived = 0;
  readonly #dirty = new Set<string>();
  readonly #refused = new Map<string, readonly Refused[]>();
  /** Names that a service had before a node of that name came, by whom. */
  readonly #aliases = new Map<string, string>();
  #aliasRevision = 0;
  #rules: PublishRules | undefined;
  #nodes: ReadonlySet<string> = new Set();
  #hasProxies = false;
  #isRecalled = false;
  #isComplete = true;

  /** @param order names of the sources; the first is the operator's own, whose services need no rule and come first */
  constructor(order: readonly string[] = []) {
    this.#order = order;
  }

  /** What an operator lets namespaces publish. */
  setRules(rules: PublishRules | undefined): void {
    if (JSON.stringify(rules) === JSON.stringify(this.#rules)) return;
    this.#rules = rules;
    for (const [key, service] of this.#services) this.#ask(key, service);
  }

  /** Whether all sources were heard: until then, what somebody had before is kept for him. */
  setComplete(isComplete: boolean): void {
    if (isComplete === this.#isComplete) return;
    this.#isComplete = isComplete;
    this.#holders.touchAll();
  }

  /** What became different by what sources say, as it is given. */
  apply({ places, services }: ModelChange): ModelChange {
    if (places) {
      const nodes = new Set(Object.keys(places.nodes));
      for (const [key, { name }] of this.#services)
        if (nodes.has(name) !== this.#nodes.has(name)) this.#dirty.add(key);
      this.#nodes = nodes;
      this.#hasProxies = Object.values(places.nodes).some(({ proxy }) => proxy);
    }
    for (const [key, service] of services) {
      const before = this.#services.get(key)?.name;
      if (before !== undefined && before !== service?.name) this.#loseAlias(before, key);
      if (service) this.#services.set(key, service);
      else this.#services.delete(key);
      if (!service) this.#arrivals.delete(key);
      else if (!this.#arrivals.has(key)) this.#arrivals.set(key, this.#arrived++);
      this.#ask(key, service);
    }
    return { ...(places && { places }), services: this.#settle() };
  }

  /** All that is refused now. */
  refusals(): Refusal[] {
    return [...this.#refused].flatMap(([service, all]) =>
      all
        .filter(({ kind }) => kind !== 'node port' || this.#hasProxies)
        .map((one) => ({ ...one, service, isPublished: one.kind !== 'service' })),
    );
  }

  /** Another one when somebody else has something. */
  get revision(): string {
    return `${this.#holders.revision} ${this.#aliasRevision}`;
  }

  /** Who has what, for another run. */
  kept(): Holdings {
    const aliases = [...this.#aliases].map(([name, key]) => [`alias ${name}`, key]);
    return { ...this.#holders.kept(), ...Object.fromEntries(aliases) };
  }

  /** Takes who had what, of another run or another controller's. What that changes, the next change tells. */
  recall(holdings: Holdings): void {
    const own = Object.entries(holdings).filter(([resource]) => !resource.startsWith('alias '));
    for (const [resource, key] of Object.entries(holdings))
      if (resource.startsWith('alias ')) this.#setAlias(resource.slice('alias '.length), key);
    this.#isRecalled = true;
    this.#holders.recall(Object.fromEntries(own));
    for (const key of this.#services.keys()) this.#dirty.add(key);
  }

  #loseAlias(name: string, key: string): void {
    if (this.#aliases.get(name) === key) this.#setAlias(name, undefined);
  }

  #setAlias(name: string, key: string | undefined): void {
    if (this.#aliases.get(name) === key) return;
    this.#aliasRevision++;
    if (key === undefined) this.#aliases.delete(name);
    else this.#aliases.set(name, key);
  }

  #ask(key: string, service: EdgeService | undefined): void {
    this.#dirty.add(key);
    this.#holders.set(key, service ? this.#wishesOf(service) : []);
  }

  /** What it may ask for. */
  #wishesOf(service: EdgeService): Wish[] {
    const rule = this.#ruleOf(service);
    if (rule.isRefused) return [];
    const ports = service.ports.filter((port) => mayHavePort(rule, port));
    const wishes = wishesOf({ ...service, ports });
    if (mayHaveName(rule, service.name)) return wishes;
    return wishes.filter(({ resource }) => resource !== nameOf(service.name));
  }

  #ruleOf({ namespace, sources }: EdgeService): PublishRule {
    return sources[0] === this.#order[0] ? {} : ruleOf(this.#rules, namespace);
  }

  #settle(): Map<string, EdgeService | undefined> {
    for (const key of this.#holders.settle(this.#isComplete)) this.#dirty.add(key);
    const result = new Map<string, EdgeService | undefined>();
    for (const key of this.#dirty) {
      const service = this.#services.get(key);
      if (service) result.set(key, this.#give(key, service));
      else {
        this.#refused.delete(key);
        result.set(key, undefined);
      }
    }
    this.#dirty.clear();
    if (this.#isComplete && this.#isRecalled) this.#forget();
    return result;
  }

  /** What was recalled of who is there no more is nobody's. */
  #forget(): void {
    this.#isRecalled = false;
    for (const [name, key] of this.#aliases)
      if (!this.#holders.has(key, nameOf(name))) this.#setAlias(name, undefined);
  }

  #give(key: string, service: EdgeService): EdgeService | undefined {
    const rule = this.#ruleOf(service);
    if (rule.isRefused) {
      const reason = `the edge file lets the namespace ${service.namespace} publish nothing (publish)`;
      this.#refused.set(key, [{ kind: 'service', what: key, reason }]);
      return undefined;
    }
    const refused: Refused[] = [];
    const [alias, bySite] = this.#giveName(key, service, rule, refused);
    const ports = service.ports.flatMap((port) => this.#givePort(key, service, rule, port, refused));
    if (refused.length === 0) this.#refused.delete(key);
    else this.#refused.set(key, refused);
    if (refused.length === 0) return service;
    return { ...service, ports, given: { alias, bySite }, refused };
  }

  #giveName(key: string, { name, namespace }: EdgeService, rule: PublishRule, refused: Refused[]) {
    const refuse = (reason: string, holders: readonly string[] = []) =>
      refused.push({ kind: 'name', what: name, reason, ...(holders.length > 0 && { holders }) });
    if (!mayHaveName(rule, name)) {
      this.#loseAlias(name, key);
      refuse(`the edge file does not let the namespace ${namespace} have it (publish)`);
      return [false, false] as const;
    }
    if (!this.#holders.has(key, nameOf(name))) {
      const holders = this.#holders.holdersOf(nameOf(name));
      refuse(`service ${holders.join() || 'of before'} has it`, holders);
      return [false, false] as const;
    }
    if (reserved.has(name)) refuse(`"${name}" is where canonical names begin`);
    else if (this.#nodes.has(name) && this.#aliases.get(name) !== key)
      refuse(`node ${name} has the same name`);
    else {
      this.#setAlias(name, key);
      return [true, true] as const;
    }
    return [false, true] as const;
  }

  #givePort(
    key: string,
    { namespace, steer }: EdgeService,
    rule: PublishRule,
    port: EdgePort,
    refused: Refused[],
  ): EdgePort[] {
    const what = portText(port);
    if (!mayHavePort(rule, port)) {
      const ports = rule.ports?.map(({ text }) => text).join(', ') || 'none';
      const reason = `the edge file lets the namespace ${namespace} have these only: ${ports} (publish)`;
      refused.push({ kind: 'port', what, reason });
      return [];
    }
    if (asksAtGateways({ steer }, port) && !this.#holders.has(key, gatewayPort(port))) {
      refused.push({ kind: 'port', what, ...this.#whoHas(gatewayPort(port)) });
      return [];
    }
    if (asksAtNodes(port) && !this.#holders.has(key, nodePort(port))) {
      refused.push({ kind: 'node port', what, ...this.#whoHas(nodePort(port)) });
      return [{ ...port, notAtNodes: true }];
    }
    return [port];
  }

  #whoHas(resource: string): Pick<Refused, 'reason' | 'holders'> {
    const holders = this.#holders.holdersOf(resource).sort();
    const named = holders.slice(0, namedAtMost);
    const more = holders.length > namedAtMost ? ` and ${holders.length - namedAtMost} more` : '';
    const what = this.#holders.isShared(resource) ? 'speak HTTP there' : 'has it';
    return { reason: `${named.join(', ') || 'a service of before'}${more} ${what}`, holders: named };
  }

  /** Whoever may be first of those that nobody knows to have been: the operator's own as they are written, then the oldest. */
  #compare(a: string, b: string): number {
    const [one, other] = [this.#rank(a), this.#rank(b)];
    for (const [index, value] of one.entries()) {
      const difference = value - (other[index] ?? 0);
      if (difference) return difference;
    }
    return a < b ? -1 : 1;
  }

  #rank(key: string): number[] {
    const { sources = [], since = Number.MAX_VALUE } = this.#services.get(key) ?? {};
    const place = sources[0] === undefined ? -1 : this.#order.indexOf(sources[0]);
    return place === 0 ? [0, this.#arrivals.get(key) ?? 0] : [1, since, place];
  }
}

/** The services of an edge file alone as they are given: of those that want the same, the first in the file has it. */
export function granted<
  T extends { readonly services: Readonly<Record<string, EdgeService>> } & ChangedPlaces,
>(model: T): T {
  const all = Object.values(model.services).map((service) => [serviceKey(service), service] as const);
  const own = all[0]?.[1].sources[0];
  const { services } = new Grants(own === undefined ? [] : [own]).apply({
    places: model,
    services: new Map(all),
  });
  const given = [...services].flatMap(([key, service]) => (service ? [[key, service] as const] : []));
  return { ...model, services: Object.fromEntries(given) };
}

type ChangedPlaces = NonNullable<ModelChange['places']>;
