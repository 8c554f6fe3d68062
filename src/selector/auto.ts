import type { Application, Network, Service } from '../descriptor/application.ts';
import type { Archetype } from '../networks/standard/archetype.ts';

// `archetype: auto`: which network it is, by what was measured on these hosts, and what is asked of it. Pure.

type Known = Pick<Archetype, 'name' | 'carriesIp' | 'spansHosts' | 'encrypts'>;
type Candidate = Measured['networks'][number];

/** What is known of a benchmark that is over. */
export interface Measured {
  /** ISO 8601. */
  readonly at: string;
  /** At which the paths ended; null: at this one. */
  readonly node: string | null;
  /** Whether the host was busy with something else meanwhile. */
  readonly disturbed: boolean;
  readonly networks: readonly {
    readonly name: string;
    /** Bits a second, TCP. */
    readonly bandwidth: number | null;
    /** Microseconds there and back. */
    readonly p99: number | null;
    /** Of the host's own path. */
    readonly score: number | null;
  }[];
}

/** What is known where it is chosen. */
export interface AutoOffer {
  readonly archetypes: readonly Known[];
  readonly measured: readonly Measured[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What a network is of which nothing is said, where the engine has none of its own. */
  readonly usual: string | undefined;
  /** What a network is now, by its name. */
  readonly current: (network: string) => string | undefined;
}

/** What was chosen for a network, and why. */
export interface Choice {
  /** Absent: none does what is asked for. */
  readonly archetype?: string;
  readonly reason: string;
  /** Why the choice is not to be relied on. */
  readonly cautions: readonly string[];
}

/** Milliseconds after which what was measured is old. */
const old = 7 * 86_400_000;
/** How many times as good another has to be for a network to become that: all on it is moved for it. */
const enough = 1.1;

/** An application whose networks that are `auto` are what was chosen. */
export function withChosen(application: Application, offer: AutoOffer): Application {
  const networks = Object.entries(application.networks).map(([key, network]): [string, Network] => {
    if (network.external) return [key, network];
    if (network.archetype === undefined && offer.usual !== undefined && !hasDriver(network))
      return [key, { ...network, archetype: offer.usual }];
    if (network.archetype !== 'auto') return [key, network];
    const chosen = chooseNetwork(network, spans(application, key), offer);
    return [
      key,
      { ...network, chosen, ...(chosen.archetype !== undefined && { archetype: chosen.archetype }) },
    ];
  });
  return { ...application, networks: Object.fromEntries(networks) };
}

function hasDriver({ driver, driverOptions }: Network): boolean {
  return driver !== undefined || Object.keys(driverOptions).length > 0;
}

/** Whether services on a network are to be at several sites. */
function spans({ services }: Application, key: string): boolean {
  const on = Object.values(services).filter((service: Service) => Object.hasOwn(service.networks, key));
  return new Set(on.flatMap(({ places = ['here'] }) => places)).size > 1;
}

export function chooseNetwork(
  { name, needs = {} }: Pick<Network, 'name' | 'needs'>,
  isSpread: boolean,
  { archetypes, measured, now, current }: AutoOffer,
): Choice {
  const can = archetypes.filter(
    ({ carriesIp, spansHosts, encrypts }) =>
      carriesIp && (!isSpread || spansHosts) && (!needs.encrypted || encrypts),
  );
  if (can.length === 0)
    return { reason: `none of ${archetypes.map((one) => one.name).join(', ')} encrypts`, cautions: [] };
  const usual =
    can.find((one) => (isSpread ? one.spansHosts : one.name === 'ip'))?.name ?? can[0]?.name ?? 'ip';
  const here = measured
    .filter(({ node }) => (node !== null) === isSpread)
    .sort((a, b) => (a.at < b.at ? 1 : -1))[0];
  const there = here?.networks.filter((one) => can.some((known) => known.name === one.name)) ?? [];
  const how = isSpread ? '`heddle bench net --to NODE`' : '`heddle bench net`';
  if (!here || there.length === 0) {
    const what = here ? `${usual} was not measured` : 'nothing was measured';
    if (needs.bandwidth === undefined && needs.p99 === undefined)
      return {
        archetype: usual,
        reason: what,
        cautions: [`${what}: ${how} does it`],
      };
    return {
      reason: `what it needs is not known to be there: ${what}; ${how} does it`,
      cautions: [],
    };
  }
  const cautions = cautionsOf(here, now, how);
  const unmet = there.map((one) => [one, whyNot(one, needs)] as const);
  const fit = unmet.flatMap(([one, why]) => (why === undefined ? [one] : [])).sort(byScore);
  const [best] = fit;
  if (!best) return { reason: unmet.map(([one, why]) => `${one.name} ${why}`).join('; '), cautions };
  const present = fit.find((one) => one.name === current(name));
  const kept = present && (best.score ?? 0) < enough * (present.score ?? 0) ? present : best;
  return { archetype: kept.name, reason: reasonOf(kept, fit, here), cautions };
}

function byScore(a: Candidate, b: Candidate): number {
  return (b.score ?? 0) - (a.score ?? 0);
}

function whyNot({ bandwidth, p99 }: Candidate, needs: NonNullable<Network['needs']>): string | undefined {
  if (needs.bandwidth !== undefined) {
    if (bandwidth === null) return 'was not measured for its bandwidth';
    if (bandwidth < needs.bandwidth) return `gives ${rateText(bandwidth)}`;
  }
  if (needs.p99 !== undefined) {
    if (p99 === null) return 'was not measured for its latency';
    if (p99 / 1000 > needs.p99) return `takes ${timeText(p99)}`;
  }
  return undefined;
}

function reasonOf(chosen: Candidate, fit: readonly Candidate[], { at, node }: Measured): string {
  const figures = [
    ...(chosen.bandwidth === null ? [] : [rateText(chosen.bandwidth)]),
    ...(chosen.p99 === null ? [] : [`p99 ${timeText(chosen.p99)}`]),
    ...(chosen.score === null ? [] : [`${chosen.score.toFixed(2)} of the host’s own path`]),
  ];
  const others = fit
    .filter((one) => one !== chosen && one.score !== null && chosen.score !== null)
    .map((one) => `${((chosen.score ?? 0) / (one.score ?? 1)).toFixed(2)} times as good as ${one.name}`);
  const where = node === null ? '' : ` to ${node}`;
  return `${[figures.join(', '), ...others].join('; ')}; measured ${at.slice(0, 10)}${where}`;
}

function cautionsOf({ at, disturbed }: Measured, now: number, how: string): string[] {
  const age = now - Date.parse(at);
  return [
    ...(age > old
      ? [`what it was chosen by was measured ${Math.floor(age / 86_400_000)} days ago: ${how} does it anew`]
      : []),
    ...(disturbed ? ['what it was chosen by was measured while the host was busy with something else'] : []),
  ];
}

function rateText(bits: number): string {
  return bits >= 1e9 ? `${(bits / 1e9).toFixed(2)} Gbit/s` : `${(bits / 1e6).toFixed(1)} Mbit/s`;
}

function timeText(microseconds: number): string {
  return microseconds >= 1000 ? `${(microseconds / 1000).toFixed(2)} ms` : `${microseconds.toFixed(0)} µs`;
}
