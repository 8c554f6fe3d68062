import type { RoutingSettings } from './settings.ts';

// Text for bird(8), version 2 (https://bird.network.cz/?get_doc&f=bird.html). Pure.

/** Of TCP, at which nodes hear each other: 179 is for a router that the host may be as well. */
export const port = 1179;
/** Of the kernel: it has routes to endpoints of other hosts, and nothing else; and when it is looked at, before the others. */
export const [table, priority] = [8473, 8473];

/** Milliseconds between signs of life, and how many may be missing (RFC 5880, 6.8.4). */
const liveness = { interval: 100, missing: 3 } as const;
/** Seconds that routes to a node stay that has gone without a word (RFC 4724): nothing else leads to what is there. */
const patience = 120;

export type Family = 'inet' | 'inet6';

/** Addresses at which a node hears others. */
export type Speaker = Readonly<Partial<Record<Family, string>>>;

/** What of a network is on this host. */
export interface Announced {
  readonly subnets: readonly string[];
  /** Of this host, in the order of the subnets: what it speaks by to endpoints elsewhere. */
  readonly gateways: readonly string[];
  /** Of endpoints of this host, and of this host. */
  readonly addresses: readonly string[];
}

export interface Daemon {
  readonly routing: RoutingSettings;
  readonly uplink: Speaker & { readonly interface: string };
  /** The other nodes, each with its autonomous system. */
  readonly nodes: readonly (Speaker & { readonly as: number })[];
  readonly networks: readonly Announced[];
  /** A file for what it has to say. */
  readonly log: string;
}

export function daemonFile({ routing, uplink, nodes, networks, log }: Daemon): string {
  return `# Written by Heddle: what is changed here is overwritten.
log "${log}" 1048576 "${log}.before" { warning, error, auth, fatal, bug };
router id ${routerId(uplink)};
graceful restart wait 5;
protocol device { scan time 10; }
protocol bfd { interface "*" { min rx interval ${liveness.interval} ms; min tx interval ${liveness.interval} ms; multiplier ${liveness.missing}; }; }
${families.map((family) => kernel(family, networks, routing)).join('\n')}
${families.map((family) => own(family, networks)).join('\n')}
template bgp any_speaker { direct; connect delay time 0; connect retry time 1; error wait time 1, 5; hold time 9; }
template bgp any_node from any_speaker { ttl security on; strict bind on; free bind on; graceful restart on; graceful restart time ${patience}; bfd graceful; }
template bgp any_router from any_speaker { local port ${port} as ${routing.as}; allow local as; graceful restart aware; bfd on; }
${[...sessions(routing, uplink, nodes), ...routerSessions(routing)].join('\n')}
`;
}

const families = ['inet', 'inet6'] as const;
const words = {
  inet: { channel: 'ipv4', bits: 32 },
  inet6: { channel: 'ipv6', bits: 128 },
} as const;

/** Routes to endpoints elsewhere, and no others, to a table of their own; they stay while it does not run. */
function kernel(family: Family, networks: readonly Announced[], { routers }: RoutingSettings): string {
  const { channel, bits } = words[family];
  const all = networks.flatMap(({ subnets, gateways }) =>
    subnets.map((subnet, index) => ({ subnet, gateway: gateways[index] })),
  );
  const those = all.filter(({ subnet }) => isOf(family, subnet));
  const within = those.map(({ subnet }) => `${subnet}{${bits},${bits}}`).join(', ');
  // Of nodes, one has an address: another that says so has it no more.
  const merged = routers.length > 0 ? 'merge paths on limit 16; ' : '';
  const sources = those.flatMap(({ subnet, gateway }) =>
    gateway === undefined ? [] : [`  if net ~ ${subnet} then krt_prefsrc = ${gateway};`],
  );
  return `filter learned_${channel} { ${within === '' ? '' : `if net ~ [ ${within} ] then accept; `}reject; }
filter led_${channel} {
  if source != RTS_BGP then reject;
${sources.join('\n')}
  accept;
}
protocol kernel kernel_${channel} { kernel table ${table}; persist; graceful restart on; ${merged}scan time 10; ${channel} { import none; export filter led_${channel}; }; }`;
}

/** Who is here. Another may not be led here by what this host does not have: to itself they lead nowhere. */
function own(family: Family, networks: readonly Announced[]): string {
  const { channel, bits } = words[family];
  const those = networks.flatMap(({ addresses }) => addresses).filter((address) => isOf(family, address));
  const routes = [...new Set(those)].map((address) => `  route ${address}/${bits} unreachable;`);
  return [`protocol static own_${channel} {`, `  ${channel};`, ...routes, '}'].join('\n');
}

/** With each other node, where no router does it. */
function sessions({ as, routers }: RoutingSettings, uplink: Speaker, nodes: Daemon['nodes']): string[] {
  if (routers.length > 0) return [];
  return families.flatMap((family) => {
    const here = uplink[family];
    if (here === undefined) return [];
    const there = new Map(
      nodes.flatMap((node) =>
        node[family] === undefined || node[family] === here ? [] : [[node[family], node.as] as const],
      ),
    );
    return [...there].map(([address, other]) => {
      const ends = `local ${here} port ${port} as ${as}; neighbor ${address} port ${port} as ${other};`;
      return `protocol bgp ${nameOf('node', address)} from any_node { ${ends} ${channelOf(family)} }`;
    });
  });
}

function routerSessions({ routers }: RoutingSettings): string[] {
  return routers.map(({ address, as }) => {
    const family = address.includes(':') ? 'inet6' : 'inet';
    return `protocol bgp ${nameOf('router', address)} from any_router { neighbor ${address} as ${as}; ${channelOf(family)} }`;
  });
}

/** Of a session: one that has the same name as before goes on when the file is read again. */
function nameOf(kind: 'node' | 'router', address: string): string {
  return `${kind}_${address.replace(/[.:]/g, '_')}`;
}

function channelOf(family: Family): string {
  const { channel } = words[family];
  return `${channel} { import filter learned_${channel}; export where source = RTS_STATIC; next hop self; };`;
}

/** 32 bits that nobody else has, written as an address of IPv4 (RFC 6286, 2.1). */
function routerId({ inet, inet6 = '' }: Speaker): string {
  if (inet !== undefined) return inet;
  let sum = 0;
  for (const character of inet6) sum = (Math.imul(sum, 31) + character.charCodeAt(0)) >>> 0;
  return [24, 16, 8, 0].map((bits) => (sum >>> bits) & 255).join('.');
}

function isOf(family: Family, text: string): boolean {
  return text.includes(':') === (family === 'inet6');
}
