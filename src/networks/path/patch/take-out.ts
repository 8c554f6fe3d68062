import { deleteLinks, ipBatch, type Link, standByIn } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { endpointIdOf } from '../../linux/names.ts';
import type { OpenVswitch } from '../../ovs/open-vswitch.ts';
import type { PatchLinks } from './legs.ts';
import { wayPorts } from './names.ts';
import { endpointName, innerMark, portBehind, switchEndOf, switchOf, wireEndName } from './outside.ts';
import type { Panel } from './panel.ts';
import { open, opening, plug } from './plug.ts';

/**
 * Puts a pod's end at the panel back on the switch of its network. Without its name, or a switch to put it on, it stays.
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function takeOut(
  panel: Panel,
  pod: string,
  podEnd: Link,
  places: PatchLinks,
  openVswitch: OpenVswitch,
): Promise<void> {
  const { original, bridge } = innerMark(podEnd);
  if (original === undefined) return;
  const before = portBehind(podEnd, places);
  const at = switchOf(before, places.host, bridge);
  const endpoint = endpointIdOf(original);
  const switchEnd = switchEndOf(podEnd, places.patch)?.ifname;
  const move = (name: string) => `link set ${podEnd.ifname} netns ${process.pid} name ${name}`;
  if (endpoint !== undefined) {
    // Its other end has the name that is needed.
    if (switchEnd !== undefined) await deleteLinks(panel.namespace, [switchEnd]);
    const port = endpointName(original, endpoint, before);
    await ipBatch(panel.namespace, [`link set ${podEnd.ifname} alias "${port.alias}"`, move(original)]);
    await open(original, port, at, before);
    // Where Open vSwitch is away, the owner of an endpoint puts it there; the way is out by then.
    await plug(port, at, openVswitch).catch(async (error) => {
      if (!(await openVswitch.isAway())) throw error;
    });
    return;
  }
  if (!at) return;
  // It gets there by a name that nobody has: a move that cannot have its name ends halfway. Its mark says where it belongs until it is
  // there. Meanwhile nothing passes: what puts it there waits for it.
  const own = wireEndName(pod, `${podEnd.ifname} back`);
  const [naming, onHost] = [standByIn(host, ['ip', '-batch', '-']), standByIn(host, ['ip', '-batch', '-'])];
  const failed = await ipBatch(panel.namespace, [move(own)]).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  // The engine may have given the name to another interface meanwhile; it finds its own by their other ends.
  const isFree = !places.host.some((link) => link.ifname === original);
  const named = await naming.finish(failed || !isFree ? '' : `link set ${own} name ${original}\n`).then(
    () => isFree,
    () => false,
  );
  const name = named ? original : own;
  const lines = failed ? [] : opening(name, { name, alias: '' }, at, before);
  await onHost.finish(lines.map((line) => `${line}\n`).join(''));
  if (failed) throw failed.error;
  if (switchEnd !== undefined) await deleteLinks(panel.namespace, [switchEnd]);
}

/** The ends of a pod's ways at the panel: each is named after the interface that its other end is. Pure. */
export function endsAtPanel(pod: string, patch: readonly Link[]): readonly Link[] {
  return patch.filter(
    ({ ifname, link_index: ifindex }) => ifindex !== undefined && ifname === wayPorts({ pod, ifindex }).pod,
  );
}

/** What whoever took a pod's ways out has left on the host when it was killed: back, and on no switch. Pure. */
export function strandedOf(pod: string, onHost: readonly Link[]): readonly Link[] {
  return onHost.filter((link) => {
    const mark = innerMark(link);
    return link.master === undefined && mark.pod === pod && mark.original !== undefined;
  });
}

/** Puts such a one where its mark says. */
export async function putBack(stranded: Link, onHost: readonly Link[]): Promise<void> {
  const [pod = '', ifindex = ''] = (stranded.ifalias ?? '').split(' ');
  const before = onHost.find(({ ifname }) => ifname === wireEndName(pod, ifindex));
  const { original = stranded.ifname, bridge } = innerMark(stranded);
  const at = switchOf(before, onHost, bridge);
  if (!at) return;
  const isFree = !onHost.some(({ ifname }) => ifname === original);
  const named = isFree && (await renamed(stranded.ifname, original));
  const name = named ? original : stranded.ifname;
  await open(name, { name, alias: '' }, at, before);
}

/** @returns whether it has the name now: another may have got it meanwhile */
function renamed(name: string, to: string): Promise<boolean> {
  return ipBatch(host, [`link set ${name} name ${to}`]).then(
    () => true,
    () => false,
  );
}
