import { canonicalJson } from '../../lib/hash.ts';
import { whyNotLed } from '../archetypes.ts';
import type { Archetype } from '../standard/archetype.ts';
import type { Stored } from '../standard/collection.ts';
import { settleEndpoint } from '../standard/endpoint-kind.ts';
import type { LeftNetwork } from '../standard/left.ts';
import type { Status } from '../standard/network.ts';
import { settleNetwork } from '../standard/network-kind.ts';
import { onWire } from '../standard/on-wire.ts';
import { invalidError } from '../standard/parsed.ts';
import type { WantedEndpoint, WantedNetwork } from '../standard/records.ts';
import type { Report } from '../standard/report.ts';
import type { Around } from '../standard/sharing.ts';
import type { Loss, SwitchWish } from '../standard/switch.ts';
import { type Carried, carriedOptions } from './carried.ts';
import { type Level, levelsOf, sharedLevels } from './levels.ts';

/** What one of the services keeps of a network. */
export interface KeptLevel extends Level {
  readonly network: Stored<WantedNetwork>;
  readonly endpoints: readonly Stored<WantedEndpoint>[];
}

export interface SwitchPlan {
  /** What is kept afterwards, from the top; levels between that are new their own services make. */
  readonly after: readonly KeptLevel[];
  /** What the levels that there are no more have besides links. */
  readonly left: readonly (Level & { readonly network: LeftNetwork })[];
  readonly lost: readonly Loss[];
}

export interface SwitchInput {
  readonly archetypes: ReadonlyMap<string, Archetype>;
  /** From the top. What nodes share is the top only: each has the others, and switches them by itself. */
  readonly before: readonly [KeptLevel, ...KeptLevel[]];
  readonly wish: SwitchWish;
  /** Networks of the other archetype. */
  readonly others: readonly WantedNetwork[];
  readonly around: Pick<Around, 'taken' | 'vlans'>;
  readonly isShared?: boolean;
  /** Ids that nobody has: one for the network and one for each endpoint. */
  readonly newId: () => string;
}

const pending: Status = { phase: 'pending', observed: {} };

/**
 * What becomes of all that is kept of a network when it becomes another archetype's, and what is lost by it. Links keep their
 * ids, and so their interfaces. Pure, but for the ids.
 * @throws HeddleError ERR_RESOURCE_INVALID when it cannot be
 */
export function planSwitch(input: SwitchInput): SwitchPlan {
  const { archetypes, before, wish } = input;
  const [top] = before;
  const { name } = top;
  const levels = levelsOf(archetypes, { archetype: wish.archetype, name });
  const levelsBefore = levelsOf(archetypes, top);
  const shared = sharedLevels(levelsBefore, levels);
  refuse(top, levels, levelsBefore, shared);
  const from = archetypes.get(top.archetype)!;
  const to = archetypes.get(wish.archetype)!;
  if (input.isShared) {
    const { level, lost } = topLevel(input, from, to, undefined);
    return { after: [{ ...level, network: { ...level.network, reports: claimsIn(top) } }], left: [], lost };
  }
  const renamed = levels.slice(levels.length - shared).map((level, index) => {
    const above = levels[levels.length - shared + index - 1];
    return renamedLevel(before[before.length - shared + index] as KeptLevel, level.name, above);
  });
  const below = shared === levels.length ? renamed[0] : undefined;
  const { level, lost } = topLevel(input, from, to, below);
  return {
    after: [level, ...renamed.slice(below ? 1 : 0)],
    left: before
      .slice(0, before.length - shared)
      .map((one) => ({ archetype: one.archetype, name: one.name, network: leftOf(one) })),
    lost,
  };
}

/** The nodes that have it, have it still: each says so again when it has switched its own. */
function claimsIn({ network: { reports = new Map() } }: KeptLevel): ReadonlyMap<string, Report> {
  const claim: Report = { of: 0, phase: 'pending', observed: {} };
  return new Map([...reports.keys()].map((node) => [node, claim]));
}

export function leftOf({ network, endpoints }: KeptLevel): LeftNetwork {
  return {
    network: network.wanted,
    endpoints: endpoints.map(({ wanted }) => wanted),
    observed: network.status.observed,
  };
}

function refuse(top: KeptLevel, levels: readonly Level[], before: readonly Level[], shared: number): void {
  const refused = (why: string, hint?: string) => invalidError(`network ${top.name}: ${why}`, hint);
  if (shared === 0)
    throw refused(
      `the links of ${top.archetype} and ${levels[0]?.archetype} are made by different services: ${before.at(-1)?.archetype} and ${levels.at(-1)?.archetype}`,
    );
  if (top.network.wanted.deleting) throw refused('it is being removed');
  const going = top.endpoints.find(({ wanted }) => wanted.deleting);
  if (going) throw refused(`its endpoint ${going.wanted.name} is being removed`);
}

/** What leads traffic goes along, as long as it can stand in the path on what the network becomes. */
function refuseLed({ name, endpoints }: KeptLevel, to: Archetype, { options }: WantedNetwork): void {
  const led = endpoints.find(({ wanted }) => wanted.options['led'] === true);
  const why = whyNotLed(to.name, options);
  if (!led || why === undefined) return;
  throw invalidError(
    `network ${name}: the traffic of its endpoint ${led.wanted.name} is led through functions, which cannot stand in its path on a network whose ${why}`,
    'take what its traffic passes (a firewall, say) off first',
  );
}

/** The same under another name: ids stay. `above`: which level's it is, if it is not what a user sees. */
function renamedLevel(level: KeptLevel, name: string, above: Level | undefined): KeptLevel {
  const { wish: _, ...network } = level.network.wanted;
  const labels = above ? { 'heddle.owner': `${above.archetype}/${above.name}` } : network.labels;
  return {
    archetype: level.archetype,
    name,
    network: { wanted: { ...network, name, labels }, status: level.network.status },
    endpoints: level.endpoints.map(({ wanted: { wish: __, ...wanted }, status }) => ({
      wanted: { ...wanted, network: name },
      status,
    })),
  };
}

/** What a user sees: settled as if it were made now, from what it was. `below`: it is there already, as another's part. */
function topLevel(
  { before, wish, others, around, newId }: SwitchInput,
  from: Archetype,
  to: Archetype,
  below: KeptLevel | undefined,
): { readonly level: KeptLevel; readonly lost: readonly Loss[] } {
  const [{ name, network: top, endpoints }] = before;
  const lost: Loss[] = [];
  if (from.carriesIp && !to.carriesIp)
    lost.push({
      of: `network ${name}`,
      what: `IP: ${to.name} knows no addresses, names and ports; connections over them end`,
    });
  const own = from.lost?.(top.wanted, top.status.observed);
  if (own !== undefined) lost.push({ of: `network ${name}`, what: own });
  const carried = (of: string, kept: Carried, options: Readonly<Record<string, unknown>>) => {
    lost.push(...kept.lost.map((key) => ({ of, what: `option ${key}: ${shortly(options[key])}` })));
    return kept.options;
  };
  const { mtu, labels, options } = top.wanted;
  const said = { ...wish.options };
  const kept = carriedOptions(options, from.networkOptions, to.networkOptions);
  const isMissed = (key: string) => !Object.hasOwn(said, key) && !from.ownOptions?.includes(key);
  const unsaid = { ...kept, lost: kept.lost.filter(isMissed) };
  const network = settleNetwork(
    to,
    {
      name,
      archetype: to.name,
      mtu,
      ...onWire(top.wanted),
      labels,
      options: { ...carried(`network ${name}`, unsaid, options), ...said },
    },
    below?.network.wanted.id ?? newId(),
    others.filter(({ id }) => id !== below?.network.wanted.id),
    withoutOwn(around, from, top.wanted),
    below?.network.wanted,
  );
  refuseLed(before[0], to, network);
  refuseOtherSubnets(from, top.wanted, to, network);
  const settled: WantedEndpoint[] = [];
  for (const { wanted } of endpoints) {
    const { name: ofWhom, node, attachment, mac, labels: ownLabels } = wanted;
    // Each node joins by itself what it takes part in.
    if (attachment.kind === 'node' && !to.shared?.forNode) continue;
    const same = below?.endpoints.find((one) => one.wanted.name === ofWhom)?.wanted;
    const ownOptions = carried(
      `endpoint ${ofWhom}`,
      carriedOptions(wanted.options, from.endpointOptions, to.endpointOptions),
      wanted.options,
    );
    const made = {
      name: ofWhom,
      ...(node !== undefined && { node }),
      attachment,
      mac,
      labels: ownLabels,
      options: ownOptions,
    };
    settled.push(settleEndpoint(to, made, network, same?.id ?? newId(), settled, same, { here: node }));
  }
  const status = below?.network.status ?? pending;
  return {
    level: {
      archetype: to.name,
      name,
      network: { wanted: network, status: { ...status, phase: 'pending' } },
      endpoints: settled.map((wanted) => ({ wanted, status: pending })),
    },
    lost,
  };
}

/** What it has itself is no hindrance to it. */
function withoutOwn({ taken, vlans }: SwitchInput['around'], from: Archetype, network: WantedNetwork) {
  const own = new Set(from.shared?.prefixes?.(network));
  return {
    taken: taken.filter(({ prefix }) => !own.has(prefix)),
    vlans: new Map([...vlans].filter(([vlan]) => vlan !== network.vlan)),
  };
}

/** Who has addresses in them keeps these. */
function refuseOtherSubnets(
  from: Archetype,
  before: WantedNetwork,
  to: Archetype,
  after: WantedNetwork,
): void {
  const had = from.shared?.prefixes?.(before) ?? [];
  const has = to.shared?.prefixes?.(after) ?? [];
  // None: what is below has chosen them, and keeps them.
  const areSaid = had.length > 0 && has.length > 0;
  if (areSaid && canonicalJson([...had].sort()) !== canonicalJson([...has].sort()))
    throw invalidError(
      `network ${after.name}: options.subnets: it keeps ${had.join(', ')} when it becomes one of ${to.name}`,
      'leave them unsaid, or remove it, and make it anew',
    );
}

const longest = 120;

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
