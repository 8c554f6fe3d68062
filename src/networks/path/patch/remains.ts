import { Turns } from '../../../lib/turns.ts';
import { deleteLinks, type Link } from '../../ip.ts';
import { TimedEnds } from '../telemetry/timed-ends.ts';
import { isPort, passageOf, podEndOf, wayOfSwitchEnd, wayPorts } from './names.ts';
import { innerMark } from './outside.ts';
import type { Panel } from './panel.ts';
import { linksIn } from './scene.ts';

const turns = new Turns();
/** Pods whose ways are being led over a panel, by its name. */
const working = new Map<string, string[]>();

/** Leads a pod's ways over a panel, which nobody takes away meanwhile. */
export async function whileAtWork<T>(panel: Panel, pod: string, work: () => Promise<T>): Promise<T> {
  const { name } = panel.namespace;
  await turns.take(name, async () => {
    await panel.make();
    working.set(name, [...(working.get(name) ?? []), pod]);
  });
  try {
    return await work();
  } finally {
    const others = working.get(name) ?? [];
    working.set(name, others.toSpliced(others.indexOf(pod), 1));
  }
}

/**
 * Takes away what is left of interfaces that a pod had before it was started anew: the end of a link to a switch is still a port of
 * that, which remembers there where the pod is.
 */
export async function removeFormer(
  panel: Panel,
  pod: string,
  ways: readonly { readonly own: Pick<Link, 'ifindex'> }[],
  patch: readonly Link[],
): Promise<void> {
  const former = patch.filter((link) => {
    const end = passageOf(link) ?? podEndOf(link);
    return isPort(link) && end?.pod === pod && !ways.some(({ own }) => own.ifindex === end.ifindex);
  });
  await deleteLinks(
    panel.namespace,
    former.map(({ ifname }) => ifname),
  );
}

/** Takes away what is left at a panel of ways whose pod has gone, and the panel when no way leads over it. */
export async function removeRemains(panel: Panel): Promise<void> {
  await turns.take(panel.namespace.name, async () => {
    // Who was killed while it took the panel away has left what is pinned for it, or where that was.
    if (!panel.isThere) return panel.remove();
    const busy = working.get(panel.namespace.name) ?? [];
    const links = await linksIn(panel.namespace);
    const left = remainsOf(links, busy);
    await deleteLinks(
      panel.namespace,
      left.map(({ ifname }) => ifname),
    );
    if (busy.length > 0) return;
    // A namespace may have interfaces of the kernel's own: lo, and ends of tunnels.
    const stays = links.filter((link) => isPort(link) && !left.includes(link));
    if (stays.length === 0) return panel.remove();
    const there = new Set(stays.map(({ ifindex }) => ifindex));
    await panel.forget((port) => !there.has(port));
    await new TimedEnds(panel).forget();
  });
}

/**
 * Ports of ways whose pod's end is not there any more. The other end of one that leads to a switch is still a port of that: a
 * switch that remembers the pod's hardware address there would send what is for the next pod of that address nowhere. Pure.
 * @param busy pods whose ends may come yet
 */
export function remainsOf(links: readonly Link[], busy: readonly string[]): readonly Link[] {
  const names = new Set(links.map(({ ifname }) => ifname));
  return links.filter((link) => {
    const passage = passageOf(link);
    const podEnd = passage ? wayPorts(passage).pod : wayOfSwitchEnd(link.ifname);
    const pod = passage?.pod ?? innerMark(link).pod;
    return podEnd !== undefined && !names.has(podEnd) && !(pod !== undefined && busy.includes(pod));
  });
}
