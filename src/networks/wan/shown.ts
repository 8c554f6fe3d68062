import { silentReason } from './choose.ts';
import { chosenPath, type Link, type Surroundings, tunnelPeer } from './planned.ts';
import type { LinkStatus, PathStatus } from './status.ts';

/** What became of a link. */
export interface LinkHistory {
  /** Milliseconds since 1970: of the present state. */
  readonly since: number;
  readonly moves: number;
  /** The same: when keys were agreed. */
  readonly handshake: number | undefined;
  readonly now: number;
}

/** Milliseconds: WireGuard's keys are of no use after 180 s (Donenfeld, WireGuard, 6.1), and each end speaks every 5 s. */
const keysLast = 190_000;

/** Whether a link whose path answers carries nothing all the same: its ends have not agreed on keys for too long. */
function isMute({ kind }: Surroundings, { since, handshake, now }: LinkHistory): boolean {
  return kind.isPrivate && now - Math.max(since, handshake ?? 0) > keysLast;
}

/** How a link is, for people. Pure. */
export function linkStatus(
  around: Surroundings,
  local: string,
  link: Link,
  history: LinkHistory,
): LinkStatus {
  const { kind, reports } = around;
  const { node, end, paths, choice } = link;
  const path = chosenPath(link);
  const report = path && reports.get(path.id);
  const isAnswered = report?.isUp ?? false;
  const isUp = isAnswered && !isMute(around, history);
  return {
    node,
    site: end.site,
    kind: end.kind,
    state: paths.length === 0 ? 'failed' : isUp ? 'up' : 'down',
    since: new Date(history.since).toISOString(),
    private: kind.isPrivate,
    local,
    remote: end.address,
    path: path?.name ?? null,
    uplink: path?.uplink ?? null,
    delay: isUp ? rounded(report?.delay) : null,
    loss: isUp ? rounded(report?.loss) : null,
    mtu: path ? tunnelPeer(around, link).mtu : null,
    reason: reasonOf(around, link, isAnswered, isUp),
    moves: history.moves,
    handshake: history.handshake === undefined ? null : new Date(history.handshake).toISOString(),
    paths: paths.map((one): PathStatus => {
      const measured = reports.get(one.id);
      const isPathUp = measured?.isUp ?? false;
      return {
        name: one.name,
        uplink: one.uplink,
        local: one.local,
        remote: one.remote,
        up: isPathUp,
        used: one.id === choice.path,
        delay: isPathUp ? rounded(measured?.delay) : null,
        loss: isPathUp ? rounded(measured?.loss) : null,
        cost: one.cost,
        mtu: measured?.mtu ?? null,
        falls: measured?.falls ?? 0,
      };
    }),
  };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000) / 1000;
}

function reasonOf(around: Surroundings, link: Link, isAnswered: boolean, isUp: boolean): string {
  const { kind, settings, uplinks } = around;
  const { node, end, paths, choice } = link;
  if (end.kind !== kind.name)
    return `its links are of kind ${end.kind}, and this node’s of kind ${kind.name}`;
  if (paths.length === 0 && kind.isOnEthernet && uplinks.length > 0) {
    const here = uplinks
      .map(({ name, address, prefixLength }) => `${name} (${address}/${prefixLength})`)
      .join(', ');
    return `no uplink of ${node} is on the Ethernet of ${here}, as links of kind ${kind.name} need it`;
  }
  if (paths.length === 0) return 'no uplink of this node leads to the network of one of its uplinks';
  const path = chosenPath(link);
  if (path && !isAnswered) return silentReason(path.name);
  return path && !isUp
    ? `${path.name}: it answers on UDP ${settings.livenessPort}, and nothing passes on UDP ${settings.port}`
    : choice.reason;
}
