import { isIpv6, markOf, ports, type SidecarPlan } from './sidecar-plan.ts';

/** Of nftables, in the endpoint’s namespace. */
export function tableOf({ id }: Pick<SidecarPlan, 'id'>): string {
  return `heddle_mesh_${id}`;
}

/**
 * Text for nft(8) that leads what an endpoint says to others of its network to its proxy, by which packets keep where they are meant
 * to go (TPROXY: Documentation/networking/tproxy.rst); and what the proxy says in the name of who called, back to it. From others of
 * the network nothing gets in but what the proxy takes. What hosts say, and who comes through them, passes as it is. Pure.
 */
export function meshRules(plan: SidecarPlan): string {
  const table = tableOf(plan);
  const chains = [
    `  chain others {\n${fromOthers(plan)
      .map((rule) => `    ${rule}\n`)
      .join('')}  }`,
    chain('output', 'type route hook output priority mangle', outgoing(plan)),
    chain('prerouting', 'type filter hook prerouting priority mangle', taken(plan)),
    chain('input', 'type filter hook input priority filter', incoming(plan)),
  ];
  // To delete what is not there would fail all: it is added first.
  return [
    `add table inet ${table}`,
    `delete table inet ${table}`,
    `table inet ${table} {`,
    ...chains,
    '}',
    '',
  ].join('\n');
}

function outgoing(plan: SidecarPlan): string[] {
  const mark = `meta mark set ${markOf(plan.id)}`;
  const at = `oifname "${plan.interface}"`;
  return families(plan).flatMap(({ ip, own, subnets, hosts }) => [
    `${at} ct direction original ${ip} daddr ${set(subnets)} ${ip} daddr != ${set([own, ...hosts])} tcp dport != ${ports.in} ${mark}`,
    // On its way to the endpoint from itself, in the name of another: that is the proxy.
    `oifname "lo" ct direction original meta l4proto tcp ${ip} daddr ${own} ${ip} saddr ${set(subnets)} ${ip} saddr != ${own} ct mark set ${markOf(plan.id)}`,
    `${at} ct direction reply ${ip} saddr ${own} ct mark ${markOf(plan.id)} ${mark}`,
  ]);
}

function taken(plan: SidecarPlan): string[] {
  return families(plan).map(
    ({ ip, own, subnets }) =>
      `iifname "lo" ct direction original meta mark ${markOf(plan.id)} meta l4proto tcp ${ip} daddr ${set(subnets)} tproxy ${ip} to ${ip === 'ip6' ? `[${own}]` : own}:${ports.out}`,
  );
}

function incoming({ interface: name, subnets, hosts }: SidecarPlan): string[] {
  const at = `iifname "${name}"`;
  const others = ([false, true] as const).flatMap((is) => {
    const of = (all: readonly string[]) => all.filter((one) => isIpv6(one) === is);
    const ip = is ? 'ip6' : 'ip';
    // Neighbours have addresses of the link as well (RFC 4291, 2.5.6), by which no host leads anybody in.
    const near = is ? [...of(subnets), 'fe80::/10'] : of(subnets);
    const except = of(hosts).length > 0 ? `${ip} saddr != ${set(of(hosts))} ` : '';
    return near.length === 0 ? [] : [`${at} ${ip} saddr ${set(near)} ${except}jump others`];
  });
  return [`${at} tcp dport ${ports.out} drop`, `${at} ct state established,related accept`, ...others];
}

/** What comes from others of the network. */
function fromOthers({ udp }: SidecarPlan): string[] {
  return [
    `tcp dport ${ports.in} accept`,
    'meta l4proto { icmp, icmpv6 } accept',
    ...(udp === 'plain' ? ['meta l4proto udp accept'] : []),
    'meta l4proto tcp counter reject with tcp reset',
    'counter drop',
  ];
}

function chain(name: string, hook: string, rules: readonly string[]): string {
  return `  chain ${name} {\n    ${hook}; policy accept;\n${rules.map((rule) => `    ${rule}\n`).join('')}  }`;
}

interface Family {
  readonly ip: 'ip' | 'ip6';
  readonly own: string;
  readonly subnets: readonly string[];
  readonly hosts: readonly string[];
}

/** Those that the endpoint has an address of. */
function families({ addresses, subnets, hosts }: SidecarPlan): Family[] {
  return ([false, true] as const).flatMap((is) => {
    const of = (all: readonly string[]) => all.filter((one) => isIpv6(one) === is);
    const [own] = of(addresses);
    return own === undefined
      ? []
      : [{ ip: is ? ('ip6' as const) : ('ip' as const), own, subnets: of(subnets), hosts: of(hosts) }];
  });
}

function set(all: readonly string[]): string {
  return `{ ${[...new Set(all)].join(', ')} }`;
}
