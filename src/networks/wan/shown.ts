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
  const isUp = report?.isUp ?? false;
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
    reason: reasonOf(around, link, isUp),
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

function reasonOf({ kind }: Surroundings, link: Link, isUp: boolean): string {
  const { end, paths, choice } = link;
  if (end.kind !== kind.name)
    return `its links are of kind ${end.kind}, and this node’s of kind ${kind.name}`;
  if (paths.length === 0) return 'no uplink of this node leads to the network of one of its uplinks';
  const path = chosenPath(link);
  return path && !isUp ? silentReason(path.name) : choice.reason;
}
