import { setTimeout as wait } from 'node:timers/promises';
import { deleteLinks } from '../../ip.ts';
import type { Group, GroupInstance, Groups } from './groups.ts';
import { acrossFunction, isOuter, passageOf } from './names.ts';
import { Panel } from './panel.ts';
import { linksIn } from './scene.ts';

/** Milliseconds from one look at open flows to the next, and that a frame may be on its way. */
const period = 250;
const onItsWay = 50;

/**
 * Takes an instance out of all groups that it stands in, once the flows have ended that are with it, or a limit has passed: those
 * that have not go to others then.
 * @param limit milliseconds
 * @returns how many flows had not ended; nothing where it stays, since it is still given new flows
 * @throws HeddleError ERR_NETWORK
 */
export async function retireInstance(
  project: string,
  fn: string,
  limit: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const panel = new Panel(project);
  if (!panel.isThere) return 0;
  const links = await linksIn(panel.namespace);
  const outer = links.filter((link) => isOuter(link) && passageOf(link)?.function === fn);
  const ports = new Set(outer.map(({ ifindex }) => ifindex));
  const groups = await panel.groups();
  const own = membersOf(groups, ports);
  if (own.length === 0) return 0;
  if (own.some(({ isActive }) => isActive)) return undefined;
  const left = await ended(panel, own, groups, limit, signal);
  await panel.gathering(async () => panel.gather(without(await panel.groups(), ports)));
  await wait(onItsWay);
  const names = outer.flatMap(({ ifname }) => [ifname, acrossFunction(ifname)]);
  const gone = new Set(links.flatMap(({ ifname, ifindex }) => (names.includes(ifname) ? ifindex : [])));
  await panel.forget((port) => gone.has(port));
  await deleteLinks(panel.namespace, names);
  return left;
}

/** Of what nobody has noted, nobody knows when it has ended. */
async function ended(
  panel: Panel,
  own: readonly GroupInstance[],
  groups: Groups,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const now = () => Number(process.hrtime.bigint());
  const ids = new Set(own.map(({ id }) => id));
  const isUnknown = () =>
    [...groups.values()].some(({ elder }) => elder && ids.has(elder.id) && elder.until > now());
  const end = now() + limit * 1e6;
  for (;;) {
    const open = await Promise.all([...ids].map((id) => panel.openFlows(id)));
    const left = open.reduce((sum, count) => sum + count, 0);
    if ((left === 0 && !isUnknown()) || now() >= end) return left;
    await wait(period, undefined, { signal });
  }
}

function membersOf(groups: Groups, ports: ReadonlySet<number>): GroupInstance[] {
  return [...groups.values()].flatMap(({ instances }) => instances.filter(({ outer }) => ports.has(outer)));
}

/** The groups that change when instances go. Pure. */
export function without(groups: Groups, ports: ReadonlySet<number>): [id: number, group: Group][] {
  return [...groups].flatMap(([id, group]) => {
    const instances = group.instances.filter(({ outer }) => !ports.has(outer));
    return instances.length < group.instances.length ? [[id, { ...group, instances }]] : [];
  });
}
