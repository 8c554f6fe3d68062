import type { UpRequest } from '../../api/messages.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { Member } from '../../networks/dispatch/members.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { type Before, nodeOfPod, nodesHaving, nodesOf, type Placement, servicesOn } from './placement.ts';

// What an `up` changes about where services are. Pure.

export interface Change {
  /** Where all are from now on: also those that the file does not have, or that are not asked for. */
  readonly placement: Placement;
  /** Nodes that are to have nothing of it any more. */
  readonly leaving: readonly string[];
  /** By node that keeps others: services that it has now, and another is to have. */
  readonly moving: ReadonlyMap<string, readonly string[]>;
}

/**
 * `placed`: the services of the file, where they are to be. One that the file does not have stays where it is until somebody has
 * orphans removed; nodes that are gone for good have nothing.
 */
export function changeOf(
  { services = [], removeOrphans, inactive = [] }: Pick<UpRequest, 'services' | 'removeOrphans' | 'inactive'>,
  placed: Placement,
  before: Before,
  members: readonly Pick<Member, 'name'>[],
): Change {
  const isThere = (node: string) => members.some(({ name }) => name === node);
  const had = Object.keys(before.placement).flatMap((service) => {
    const at = nodesHaving(before.placement, service).filter(isThere);
    return at.length > 0 ? [[service, at] as const] : [];
  });
  const isWhole = services.length === 0;
  const stays = (service: string) =>
    !Object.hasOwn(placed, service) && (!isWhole || !removeOrphans || inactive.includes(service));
  const left = had.flatMap(([service, at]) =>
    stays(service) ? [[service, withoutGone(before.placement[service] ?? [], at)] as const] : [],
  );
  const placement: Placement = { ...Object.fromEntries(left), ...placed };
  const nodes = nodesOf(placement);
  const earlier = [...new Set([...had.flatMap(([, at]) => at), ...before.leaving.filter(isThere)])];
  const moving = new Map(
    nodes.flatMap((node): [string, string[]][] => {
      const all = had.flatMap(([service, at]) =>
        Object.hasOwn(placed, service) && at.includes(node) && !nodesHaving(placed, service).includes(node)
          ? service
          : [],
      );
      return all.length > 0 ? [[node, all]] : [];
    }),
  );
  return { placement, leaving: earlier.filter((node) => !nodes.includes(node)).sort(), moving };
}

/**
 * A replica cannot be taken off a node that keeps others of its service, and made on another: it would be on two.
 * @throws HeddleError ERR_PLACE_IMPOSSIBLE
 */
export function checkReplicas(pods: readonly PodSpec[], before: Placement, placed: Placement): void {
  for (const pod of pods) {
    const { service = '', role, name } = pod;
    const [from, to] = [nodeOfPod(before, pod), nodeOfPod(placed, pod)];
    const isMoved = role === 'service' && from !== undefined && from !== to;
    if (!isMoved || !nodesHaving(placed, service).includes(from)) continue;
    throw new HeddleError(
      'ERR_PLACE_IMPOSSIBLE',
      `services.${service}: ${name} would go from ${from}, which keeps others of it, to ${to}`,
      { hint: `take it down first: heddle down ${service}` },
    );
  }
}

/**
 * A service is taken off the node that has it before another has it: while that cannot be asked, it stays.
 * @throws HeddleError ERR_NODE_AWAY
 */
export function checkMoves(
  { moving, leaving }: Change,
  before: Before,
  placed: Placement,
  isPresent: (node: string) => boolean,
): void {
  const from = [
    ...moving.keys(),
    ...leaving.filter((node) => servicesOn(before.placement, node).some((one) => Object.hasOwn(placed, one))),
  ];
  const away = from.find((node) => !isPresent(node));
  if (away === undefined) return;
  const services = servicesOn(before.placement, away).filter(
    (one) => Object.hasOwn(placed, one) && !nodesHaving(placed, one).includes(away),
  );
  throw new HeddleError(
    'ERR_NODE_AWAY',
    `${services.join(', ')} cannot be moved from node ${away}, which is away`,
    { hint: `bring it up again when that is back; \`heddle node rm ${away}\` if it never will` },
  );
}

/** What a node had that is gone for good, is nowhere: in a list it has to have a place all the same. */
function withoutGone(nodes: Placement[string], there: readonly string[]): Placement[string] {
  return typeof nodes === 'string'
    ? nodes
    : nodes.map((node) => (there.includes(node) ? node : (there[0] ?? node)));
}
