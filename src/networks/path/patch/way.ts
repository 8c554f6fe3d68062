import { HeddleError } from '../../../lib/errors.ts';
import type { StandBy } from '../../../lib/exec.ts';
import { deleteLinks, ipBatch, type Link, standByIn } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import type { OpenVswitch } from '../../ovs/open-vswitch.ts';
import type { Way } from './legs.ts';
import { freshIndex, type PodEnd, switchMark, wayPorts } from './names.ts';
import {
  endOnHost,
  innerMarkOf,
  isPlugged,
  originalName,
  outsideNames,
  type PortName,
  type Switch,
  switchEndOf,
} from './outside.ts';
import type { Panel } from './panel.ts';
import { carried } from './passage.ts';
import { open, plug } from './plug.ts';
import { linksIn, type Surroundings } from './scene.ts';

/** Whether a way leads over the panel, from the port of its switch on, and the program hangs at both of its ends. Pure. */
export function isLed(way: Way, { attached, places }: Surroundings): boolean {
  const { peer } = way;
  const switchEnd = switchEndOf(peer, places.patch);
  const isUp = (link: Link | undefined) => link?.flags.includes('UP') === true && attached.has(link.ifname);
  return isPlugged(way, places) && isUp(peer) && isUp(switchEnd);
}

/** How a way is led over the panel, of whose ends none or not all are there. */
export class WayIn {
  readonly #panel: Panel;
  readonly #way: Way;
  readonly #at: Switch | undefined;
  readonly #end: PodEnd;
  readonly #ports: ReturnType<typeof wayPorts>;
  readonly #mark: string;
  readonly #before: Link | undefined;
  readonly #waiting: PortName;
  readonly #port: PortName;

  /**
   * @param at where the way leads to; absent where the owner of an endpoint has to find it
   * @throws HeddleError ERR_NETWORK
   */
  constructor(panel: Panel, pod: string, way: Way, at: Switch | undefined, { places }: Surroundings) {
    const original = originalName(way);
    if (original === undefined)
      throw new HeddleError('ERR_NETWORK', `${pod}: ${way.peer.ifname} has lost its name`);
    const { own } = way;
    this.#panel = panel;
    this.#way = way;
    this.#at = at;
    this.#end = { pod, ifindex: own.ifindex };
    this.#ports = wayPorts(this.#end);
    this.#mark = innerMarkOf(pod, own, original, at?.bridge);
    this.#before = endOnHost(way, places);
    const { waiting, port } = outsideNames(pod, own, original, at?.bridge, this.#before);
    this.#waiting = waiting;
    this.#port = port;
  }

  /**
   * Makes the link from the panel to the switch. Everything new stands before the pod's end is moved, so that traffic pauses for
   * milliseconds.
   */
  async prepare(onHost: readonly Link[]): Promise<void> {
    const { mtu } = this.#way.own;
    const { switch: switchEnd, pod } = this.#ports;
    // A pod's end that is not of this way is of one whose pod has gone, and that somebody holds on to.
    await deleteLinks(this.#panel.namespace, this.#way.place === 'patch' ? [switchEnd] : [switchEnd, pod]);
    await removeMarked(this.#waiting.name, onHost);
    await ipBatch(this.#panel.namespace, [
      `link add ${switchEnd} index ${freshIndex()} mtu ${mtu} type veth peer name ${this.#waiting.name} mtu ${mtu} netns ${process.pid}`,
      `link set ${switchEnd} alias "${switchMark(this.#end)}" up`,
    ]);
    await Promise.all([
      ipBatch(host, [`link set ${this.#waiting.name} alias "${this.#waiting.alias}" addrgenmode none`]),
      this.#inPanel(['tc', '-batch', '-']).finish(this.#panel.hang([switchEnd])),
    ]);
    // An engine's bridge has room for both ports: what comes by the new one finds no pod yet.
    if (this.#takesPlace) return;
    await open(this.#waiting.name, this.#port, this.#at, this.#before);
    await carried(host, [this.#port.name]);
  }

  /** Moves the pod's end to the panel, and leads it there. What is needed then waits for it: meanwhile nothing passes. */
  async move(openVswitch: OpenVswitch): Promise<void> {
    const { peer, place } = this.#way;
    const { pod } = this.#ports;
    const tc = this.#inPanel(['tc', '-batch', '-']);
    const links = this.#inPanel(['ip', '-batch', '-']);
    const moved =
      place === 'patch'
        ? undefined
        : ipBatch(host, [
            // A kill leaves no end that nobody knows the name of; an endpoint's own mark says it.
            ...(this.#takesPlace ? [] : [`link set ${peer.ifname} alias "${this.#mark}"`]),
            `link set ${peer.ifname} netns ${this.#panel.namespace.name} name ${pod} up`,
          ]);
    const failed = await moved?.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    await Promise.all([
      tc.finish(failed ? '' : this.#panel.hang([pod])),
      links.finish(failed ? '' : `link set ${pod} alias "${this.#mark}" up\n`),
      failed ? undefined : this.#takePlace(openVswitch),
    ]);
    if (failed) throw failed.error;
  }

  #inPanel(command: readonly [string, ...string[]]): StandBy {
    return standByIn(this.#panel.namespace, command);
  }

  /** The new end takes the place and the name of an endpoint's port. */
  async #takePlace(openVswitch: OpenVswitch): Promise<void> {
    if (!this.#takesPlace) return;
    // What was led there formerly has the endpoint's name still, also when whoever began to replace it was killed.
    await removeMarked(this.#port.name, await linksIn(host));
    await open(this.#waiting.name, this.#port, this.#at, this.#before);
    await plug(this.#port, this.#at, openVswitch);
    await carried(host, [this.#port.name]);
  }

  get #takesPlace(): boolean {
    return this.#port.endpoint !== undefined;
  }
}

/** Removes an interface of the host by its name, if it is Heddle's. */
async function removeMarked(name: string, onHost: readonly Link[]): Promise<void> {
  if (onHost.some((link) => link.ifname === name && link.ifalias?.startsWith('heddle ')))
    await deleteLinks(host, [name]);
}
