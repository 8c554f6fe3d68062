import { HeddleError } from '../../lib/errors.ts';
import { inNamespace } from '../ip.ts';
import { endpointIdOf } from '../linux/names.ts';
import { OpenVswitch } from '../ovs/open-vswitch.ts';
import { knownHostLinks } from './host-links.ts';
import { cut } from './patch/cut.ts';
import { hold, release } from './patch/held.ts';
import { leadWay } from './patch/lead.ts';
import { legsOf, type PatchLinks, type Way } from './patch/legs.ts';
import { acrossFunction, isOuter, passageOf } from './patch/names.ts';
import { originalName, type Switch, switchOfWay } from './patch/outside.ts';
import { Panel } from './patch/panel.ts';
import { pastPassages } from './patch/past.ts';
import { removeFormer, removeRemains, whileAtWork } from './patch/remains.ts';
import { without } from './patch/retire.ts';
import { linksIn, lookAtPanel, lookSaid, type PathEnds, placesOf, spacesOnce } from './patch/scene.ts';
import { endsAtPanel, putBack, strandedOf, takeOut } from './patch/take-out.ts';

/** Interfaces that were cut off, since no function can stand in their path; in words. */
export type Cut = string;

/**
 * Leads a pod's traffic through functions: through these, in this order, and through no others, whatever it passed before. Names,
 * addresses and published ports stay as they are; nothing reaches the pod around them.
 *
 * The ends of its links stand at the patch panel of its application, a network namespace of its own, where a program of the kernel
 * leads each frame from one to the next. In each function's namespace, for the pod's interface of index 2: the bridge `w-2` with
 * the ports `i-2` (towards the pod) and `o-2` (towards the network). That namespace bears a name under /run/netns, so that it
 * outlives every process in it, its rules included.
 *
 * A way out of the pod in which no function can stand is cut off, whoever made it.
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function insertPath({
  functions,
  chains: chainsPlace,
  others = [],
  ...place
}: PathEnds): Promise<Cut[]> {
  const panel = new Panel(place.project);
  return whileAtWork(panel, place.pod, async () => {
    const lookAt = spacesOnce();
    const own = { chain: '', spaces: await Promise.all(functions.map(lookAt)) };
    const chains = await Promise.all(
      (chainsPlace?.chains ?? []).map(async ({ chain, functions: others }) => ({
        chain,
        spaces: await Promise.all(others.map(lookAt)),
      })),
    );
    const [{ own: links, places }, state] = await Promise.all([lookSaid(place), lookAtPanel(panel)]);
    const around = { ...state, places };
    const { ways, unguardable } = legsOf(place.pod, links, places);
    for (const link of unguardable) await cut(place.pid, link);
    await removeFormer(panel, place.pod, ways, places.patch);
    const leading = {
      pod: place.pod,
      own,
      chains,
      place: chainsPlace,
      others: await Promise.all(others.map(lookAt)),
    };
    const openVswitch = new OpenVswitch();
    try {
      for (const way of ways) {
        const at = outerSwitch(place.pod, way, places);
        if (at || isOfEndpoint(way)) await leadWay({ ...leading, panel, around, openVswitch }, way, at);
        // An engine sets an end up once it is where it belongs.
        else if (way.peer.operstate === 'UP') await cut(place.pid, way.own);
      }
    } finally {
      await openVswitch.close();
    }
    // One that others share goes with its sandbox: no rules of Heddle's are in it.
    const spaces = [own, ...chains].flatMap((route) => route.spaces).filter(({ isShared }) => !isShared);
    await Promise.all([...new Map(spaces.map((space) => [space.name, space])).values()].map(hold));
    return unguardable.map(
      ({ ifname, linkinfo }) => `${JSON.stringify(ifname)} (${linkinfo?.info_kind ?? 'a card of the host'})`,
    );
  });
}

/**
 * Lets nothing into a function any more by the wires of chains; at once, and until its pods are led anew.
 * @param isClosed whether a chain is among those
 * @throws HeddleError ERR_NETWORK
 */
export async function closeFunction(
  project: string,
  fn: string,
  isClosed: (chain: string) => boolean,
): Promise<void> {
  const panel = new Panel(project);
  if (!panel.isThere) return;
  const opened = async () =>
    (await linksIn(panel.namespace)).filter((link) => {
      const passage = passageOf(link);
      return link.flags.includes('UP') && passage?.function === fn && isClosed(passage.chain);
    });
  const ports = await opened();
  if (ports.length === 0) return;
  const lines = ports.map(({ ifname }) => `link set ${ifname} down`).join('\n');
  // Of those that go meanwhile none keeps the others open.
  const failed = await inNamespace(panel.namespace, ['ip', '-force', '-batch', '-'], `${lines}\n`).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed && (await opened()).length > 0) throw failed;
}

/**
 * Leads chains past a function, at once, and until its pods are led anew. Where it stands beside other instances, those take over.
 * Nobody leads its pods meanwhile.
 * @param isOpen whether a chain is among those
 * @throws HeddleError ERR_NETWORK
 */
export async function passByFunction(
  project: string,
  fn: string,
  isOpen: (chain: string) => boolean,
): Promise<void> {
  const panel = new Panel(project);
  if (!panel.isThere) return;
  const [{ hops }, links] = await Promise.all([panel.noted(), linksIn(panel.namespace)]);
  const indices = new Map(links.map(({ ifname, ifindex }) => [ifname, ifindex]));
  const passages = links.flatMap((link) => {
    const passage = isOuter(link) ? passageOf(link) : undefined;
    const inner = indices.get(acrossFunction(link.ifname));
    return passage?.function === fn && isOpen(passage.chain) && inner !== undefined
      ? [{ outer: link.ifindex, inner }]
      : [];
  });
  await panel.leadPast(pastPassages(hops, passages));
}

/** Puts the pod's interfaces back on the switches of its networks. @throws HeddleError ERR_NETWORK, ERR_OVS */
export async function removePath(project: string, pod: string): Promise<void> {
  const panel = new Panel(project);
  const failures: unknown[] = [];
  const places = await placesOf(project, knownHostLinks);
  const openVswitch = new OpenVswitch();
  try {
    for (const podEnd of endsAtPanel(pod, places.patch))
      await takeOut(panel, pod, podEnd, places, openVswitch).catch((error) => failures.push(error));
    for (const stranded of strandedOf(pod, places.host)) await putBack(stranded, places.host);
  } finally {
    await openVswitch.close();
  }
  await removeRemains(panel);
  // Its ways are all out by now, as far as they could be.
  if (failures.length > 0) throw failures[0];
}

/** Takes away what is left at the panel of an application of ways that lead nowhere any more, and the panel with the last. */
export function removePanelRemains(project: string): Promise<void> {
  return removeRemains(new Panel(project));
}

/**
 * Takes an instance of a function that stops out of groups in which another is given new flows: what it had is given to those. Where
 * none is, its flows stay with it, and nothing of them passes.
 */
export async function dropInstance(project: string, fn: string): Promise<void> {
  const panel = new Panel(project);
  if (!panel.isThere) return;
  await panel.gathering(async () => {
    const [groups, links] = await Promise.all([panel.groups(), linksIn(panel.namespace)]);
    const ports = new Set(
      links.filter((link) => passageOf(link)?.function === fn).map(({ ifindex }) => ifindex),
    );
    const left = without(groups, ports).filter(([, { instances }]) =>
      instances.some(({ isActive }) => isActive),
    );
    await panel.gather(left);
  });
}

/** Lets go of a function's namespace: with the last process in it, it ends. */
export async function releaseFunction(project: string, fn: string): Promise<void> {
  await release(fn);
  await removeRemains(new Panel(project));
}

/**
 * What a way leads to; nothing when it leads to nothing, or when that is not known of an endpoint's.
 * @throws HeddleError ERR_NETWORK for one that was cut in two
 */
function outerSwitch(pod: string, way: Way, places: PatchLinks): Switch | undefined {
  const at = switchOfWay(way, places);
  if (!at && way.place !== 'host' && !isOfEndpoint(way))
    throw new HeddleError('ERR_NETWORK', `${pod}: the way at ${way.peer.ifname} leads to no bridge any more`);
  return at;
}

/** Whether its port is an endpoint's of Heddle's, which its owner looks after. */
function isOfEndpoint(way: Way): boolean {
  return endpointIdOf(originalName(way) ?? '') !== undefined;
}
