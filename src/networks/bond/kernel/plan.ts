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
 * The commands of ip-link(8) that make a bond what it should be: nothing when it is. Its mode and rate can be set while it has no
 * links: they leave it and come again. Pure.
 * @param links that it is to have; others are left to leave it
 */
export function bondCommands(wish: BondWish, links: readonly string[], all: readonly BondLink[]): string[] {
  const { name, hash, rate } = wish;
  const bond = all.find(({ ifname }) => ifname === name);
  const data = bond?.linkinfo?.info_data;
  const members = all.filter(({ master }) => master === name).map(({ ifname }) => ifname);
  const options = `type bond mode 802.3ad lacp_rate ${rate} xmit_hash_policy ${hash} miimon ${miimon}`;
  const isSame =
    data?.mode === '802.3ad' &&
    data.ad_lacp_rate === rate &&
    data.xmit_hash_policy === hash &&
    data.miimon === miimon;
  const leaving = members.filter((member) => !isSame || !links.includes(member));
  const joining = links.filter((link) => !members.includes(link) || leaving.includes(link));
  const lines = [
    ...(bond ? [] : [`link add ${name} ${options}`]),
    ...leaving.map((link) => `link set ${link} nomaster`),
    ...(bond && !isSame ? [`link set ${name} down`, `link set ${name} ${options}`] : []),
    // One that is up is not taken.
    ...joining.flatMap((link) => [`link set ${link} down`, `link set ${link} master ${name}`]),
  ];
  const isUp = bond?.flags.includes('UP') === true && lines.length === 0;
  return isUp ? [] : [...lines, `link set ${name} up`];
}
