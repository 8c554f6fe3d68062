import type { Link } from '../../ip.ts';
import type { BondWish } from '../bond-driver.ts';

/** An interface with what `ip -d -j link` says of a bond. */
export interface BondLink extends Link {
  readonly linkinfo?: Link['linkinfo'] & {
    readonly info_data?: {
      readonly mode?: string;
      readonly miimon?: number;
      readonly xmit_hash_policy?: string;
      readonly ad_lacp_rate?: string;
    };
  };
}

/** Milliseconds between two looks at carriers. */
const miimon = 100;

/**
 * The commands of ip-link(8) that make a bond what it should be: nothing when it is. Its mode and rate can be set while it is down and
 * has no links; what else it has on it is lost then, and for nothing less. Pure.
 * @param links that it is to have; others are left to leave it
 */
export function bondCommands(
  { name, hash, rate }: BondWish,
  { links, mac }: { readonly links: readonly string[]; readonly mac: string },
  all: readonly BondLink[],
): string[] {
  const bond = all.find(({ ifname }) => ifname === name);
  const data = bond?.linkinfo?.info_data;
  const members = all.filter(({ master }) => master === name).map(({ ifname }) => ifname);
  const hashed = `xmit_hash_policy ${hash} miimon ${miimon}`;
  const isSameMode = data?.mode === '802.3ad' && data.ad_lacp_rate === rate;
  const isSameHash = data?.xmit_hash_policy === hash && data.miimon === miimon;
  const leaving = members.filter((member) => !isSameMode || !links.includes(member));
  const joining = links.filter((link) => !members.includes(link) || leaving.includes(link));
  const mode = `type bond mode 802.3ad lacp_rate ${rate}`;
  const lines = [
    ...(bond ? [] : [`link add ${name} address ${mac} ${mode} ${hashed}`]),
    ...leaving.map((link) => `link set ${link} nomaster`),
    ...(bond && !isSameMode ? [`link set ${name} down`, `link set ${name} ${mode}`] : []),
    ...(bond && !isSameHash ? [`link set ${name} type bond ${hashed}`] : []),
    // One that is up is not taken.
    ...joining.flatMap((link) => [`link set ${link} down`, `link set ${link} master ${name}`]),
  ];
  return bond?.flags.includes('UP') === true && lines.length === 0 ? [] : [...lines, `link set ${name} up`];
}
