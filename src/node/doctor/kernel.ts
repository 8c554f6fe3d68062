import { isInstalled, run } from '../../lib/exec.ts';
import { error, type Finding, ok, type Surroundings, warning } from './finding.ts';

/** What was tried in a network namespace that ends with the trial; undefined: could not be tried. */
export interface Trials {
  /** A bridge, a veth on it, and its port isolated. */
  readonly links: string | true;
  /** Whether bridged packets pass a namespace's own rules. */
  readonly bridgeFilter: boolean;
  /** Rules that keep track of connections. */
  readonly rules: string | true | undefined;
  /** Rules that look up behind which interface an address is, where packets are forwarded and where they arrive. */
  readonly sources: string | true | undefined;
}

const links = `link add heddle-br type bridge nf_call_iptables 1 nf_call_ip6tables 1
link add heddle-a type veth peer name heddle-b
link set heddle-a master heddle-br
link set heddle-a type bridge_slave isolated on
`;
const rules = `table inet heddle { chain forward { type filter hook forward priority 0; ct state established accept; }; }
`;
// As those of networks of `ip` against forged sources.
const lookUp = 'fib saddr . iif oif missing drop';
const sources = `table inet heddle {
  chain forward { type filter hook forward priority 0; ${lookUp}; }
  chain input { type filter hook input priority 0; ${lookUp}; }
}
`;

/** Tries what the features need, in a network namespace of the trial's own: nothing of the host is touched. */
export async function checkKernel({ root }: Surroundings): Promise<Finding[]> {
  if (!root)
    return [warning('kernel', 'what the kernel can was not tried: that needs root', 'run it with sudo')];
  const hasNft = await isInstalled('nft');
  const nft = (text: string) => (hasNft ? trial(['nft', '-f', '-'], text) : undefined);
  const [linked, filter, ruled, lookedUp] = await Promise.all([
    trial(['ip', '-batch', '-'], links),
    trial(['test', '-e', '/proc/sys/net/bridge/bridge-nf-call-iptables']),
    nft(rules),
    nft(sources),
  ]);
  return judgeKernel({ links: linked, bridgeFilter: filter === true, rules: ruled, sources: lookedUp });
}

/** True, or what the program said. */
async function trial(command: readonly string[], input?: string): Promise<string | true> {
  try {
    await run('unshare', ['--net', '--', ...command], { input, timeout: 10_000 });
    return true;
  } catch (cause) {
    return (cause as Error).message;
  }
}

export function judgeKernel({
  links: linked,
  bridgeFilter,
  rules: ruled,
  sources: lookedUp,
}: Trials): Finding[] {
  return [
    linked === true
      ? ok('kernel: links', 'bridges, veth pairs and isolated bridge ports work')
      : error(
          'kernel: links',
          `bridges, veth pairs or isolated bridge ports do not work: ${linked}. No agent can be connected`,
          'load the modules bridge and veth, or use a kernel (4.18 or newer) that has them',
        ),
    bridgeFilter
      ? ok('kernel: bridge filter', 'bridged packets pass the rules of their own namespace')
      : error(
          'kernel: bridge filter',
          'br_netfilter is not loaded: a firewall would see no packet',
          'modprobe br_netfilter, and write it into /etc/modules-load.d/heddle.conf',
        ),
    rulesFinding(ruled),
    ...(ruled === true && lookedUp !== undefined ? [sourcesFinding(lookedUp)] : []),
  ];
}

function sourcesFinding(lookedUp: string | true): Finding {
  const check = 'kernel: sources';
  if (lookedUp === true) return ok(check, 'rules against forged sources work');
  return error(
    check,
    `rules against forged sources do not work: ${lookedUp}. Networks of ip and sdn cannot be made: an endpoint could speak from the address of another network`,
    'use Linux 5.19 or newer, which looks up a source where packets are forwarded and where they arrive, with its module nft_fib_inet',
  );
}

function rulesFinding(ruled: Trials['rules']): Finding {
  const check = 'kernel: nftables';
  if (ruled === true) return ok(check, 'rules that keep track of connections work');
  if (ruled === undefined) {
    return error(
      check,
      'the host has no program nft: agents cannot be connected, and firewalls cannot be kept from being walked around',
      'install nftables',
    );
  }
  return error(
    check,
    `rules do not work: ${ruled}. The feature firewall cannot be used`,
    'load the modules nf_tables and nf_conntrack',
  );
}
