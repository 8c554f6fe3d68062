import { existsSync } from 'node:fs';
import { Turns } from '../../../../lib/turns.ts';
import { hang, ownQdisc } from '../../../bpf/hook.ts';
import { inNamespace, ipJson, type Link, type Namespace } from '../../../ip.ts';
import { listOf } from '../../../json-of.ts';
import { nft } from '../../../nft.ts';
import { listChains } from '../../../stamp.ts';
import { deliveryRoute, deliveryStamp, departureRules, leftTablesText, renderDelivery } from './proxied.ts';
import { type Ends, type FamilyState, type RoutingState, ruleChanges, type Settings } from './state.ts';
import { dummy, type Family, families, leftTables, type Route, type Rule, tableOf } from './table.ts';

const hasIpv6 = existsSync('/proc/sys/net/ipv6');
const known = families.filter((family) => family === 4 || hasIpv6);

/** Of namespaces whose rules are being changed. */
const turns = new Turns();

/** How packets are routed in a namespace. `isProxy`: what gives them to programs is read as well. @throws HeddleError ERR_NETWORK */
export async function readRouting(namespace: Namespace, isProxy = false): Promise<RoutingState> {
  const [chains, ipv4, ipv6] = await Promise.all([
    isProxy ? listChains(namespace) : undefined,
    ...known.map((family) => readFamily(namespace, family)),
  ]);
  const nothing = { rules: [], routes: [], settings: [] };
  return { 4: ipv4 ?? nothing, ...(ipv6 && { 6: ipv6 }), ...(chains && { chains }) };
}

/** Each command prints a list in a line. */
async function readFamily(namespace: Namespace, family: Family): Promise<FamilyState> {
  const commands = ['rule show', 'route show table all', 'netconf show'];
  const text = await inNamespace(
    namespace,
    ['ip', '-j', `-${family}`, '-batch', '-'],
    `${commands.join('\n')}\n`,
  );
  const [rules = '', routes = '', settings = ''] = text.trim().split('\n');
  return {
    rules: listOf<Rule>(rules),
    routes: listOf<Route>(routes),
    settings: listOf<Settings>(settings),
  };
}

/**
 * Lets the kernel route in a function's namespace, between the two interfaces of each passage, which are there and down.
 * @param program what marks packets by where they come in
 */
export async function beginRouting(
  namespace: Namespace & { readonly inode: number },
  all: readonly Ends[],
  program: string,
): Promise<void> {
  const names = all.flatMap(({ outer, inner }) => [outer.name, inner.name]);
  await turns.take(String(namespace.inode), async () => {
    const state = await readRouting(namespace);
    const links = await ipJson<Link>(namespace, ['link', 'show']);
    const hung = names.flatMap((name) => [ownQdisc(name), hang(name, 'ingress', filter, program)]);
    await Promise.all([
      set(namespace, '0', settingsThatAre0(names)),
      set(namespace, '1', settingsThatAre1(names)),
      inNamespace(namespace, ['tc', '-batch', '-'], lines(hung)),
    ]);
    for (const family of known) {
      const changes = changesOf(family, state, all, links);
      const commands = [
        ...(family === 4 ? up(names) : []),
        ...addresses(family, names),
        ...routes(family, all),
      ];
      await inNamespace(namespace, ['ip', `-${family}`, '-batch', '-'], lines([...changes, ...commands]));
    }
    const deliveries = all.flatMap(deliveryOf).join('');
    if (deliveries !== '') await nft(namespace, deliveries);
  });
}

/** What gives packets of a proxy's passage to its program. */
function deliveryOf({ outer, inner, proxied }: Ends): string[] {
  if (!proxied) return [];
  const departures = known.flatMap((family) => departureRules(family, { outer, inner }, proxied));
  return [renderDelivery({ outer, inner }, proxied, deliveryStamp(departures, proxied.port))];
}

/** What is left of passages that are gone goes, and rules come. */
function changesOf(family: Family, state: RoutingState, all: readonly Ends[], links: readonly Link[]) {
  const { rules, routes: present } = state[family] ?? { rules: [], routes: [] };
  return [...ruleChanges(family, rules, all, links), ...leftTables(present, links)];
}

/** Forgets the rules of passages whose interfaces are gone, or are about to go. */
export async function endRouting(
  namespace: Namespace & { readonly inode: number },
  isProxy: boolean,
  going: ReadonlySet<string> = new Set(),
): Promise<void> {
  await turns.take(String(namespace.inode), async () => {
    const state = await readRouting(namespace, isProxy);
    const present = await ipJson<Link>(namespace, ['link', 'show']);
    const links = present.filter(({ ifname }) => !going.has(ifname));
    for (const family of known) {
      const changes = changesOf(family, state, [], links);
      await inNamespace(namespace, ['ip', `-${family}`, '-batch', '-'], lines(changes));
    }
    const left = leftTablesText(state.chains ?? [], (end) => present.some(({ ifname }) => ifname === end));
    if (left !== '') await nft(namespace, left);
  });
}

/** `RTE`: the program's among the filters of an interface. */
const filter = 'pref 47 handle 0x525445';

/** What is asked for at neither end has an answer beside the function: nobody is asked (`arp off`, of IPv6 as well). */
function up(names: readonly string[]): string[] {
  const each = (name: string) => [
    `link set ${name} addrgenmode none`,
    `link set ${name} arp off`,
    `link set ${name} up`,
  ];
  return ['link set lo up', ...names.flatMap(each)];
}

/** For errors IPv6 prefers an address of the interface that the packet came in at over what the route back says. */
function addresses(family: Family, names: readonly string[]): string[] {
  return family === 4
    ? [`address replace ${dummy[4]}/32 dev lo`]
    : names.map((name) => `address replace ${dummy[6]}/128 dev ${name} nodad noprefixroute`);
}

function routes(family: Family, all: readonly Ends[]): string[] {
  const own = all.flatMap(({ outer, inner }) => [outer, inner].flatMap((end) => tableOf(family, end)));
  return all.some(({ proxied }) => proxied) ? [...own, deliveryRoute] : own;
}

function settingsThatAre0(names: readonly string[]): string[] {
  return [
    'ipv4/conf/all/rp_filter',
    ...names.map((name) => `ipv4/conf/${name}/rp_filter`),
    ...(hasIpv6
      ? [
          ...['lo', ...names].map((name) => `ipv6/conf/${name}/disable_ipv6`),
          ...names.flatMap((name) => [`ipv6/conf/${name}/accept_ra`, `ipv6/conf/${name}/accept_redirects`]),
        ]
      : []),
  ];
}

function settingsThatAre1(names: readonly string[]): string[] {
  return [
    ...names.map((name) => `ipv4/conf/${name}/forwarding`),
    'ipv4/fwmark_reflect',
    ...(hasIpv6 ? ['ipv6/conf/all/forwarding', 'ipv6/fwmark_reflect'] : []),
  ];
}

/** One file of the kernel's is that of the namespace which the reader is in. */
async function set(namespace: Namespace, value: '0' | '1', files: readonly string[]): Promise<void> {
  await inNamespace(namespace, ['tee', ...files.map((file) => `/proc/sys/net/${file}`)], value);
}

function lines(commands: readonly string[]): string {
  return `${commands.join('\n')}\n`;
}
