import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { deleteLinks, type Link } from '../../ip.ts';
import { functionNamespace } from '../../namespaces.ts';
import type { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { type Lane, portNames } from '../leg.ts';
import { hopsThrough, isStepwise, passagesIn, type WayEnds, writes } from './hops.ts';
import type { Way } from './legs.ts';
import { type PodEnd, passagePorts, wayPorts } from './names.ts';
import type { Switch } from './outside.ts';
import type { Panel } from './panel.ts';
import { buildPassages, type KnownPassage, type Planned, passagesAt, wholePassages } from './passage.ts';
import { endsOf } from './passed.ts';
import { type FunctionSpace, linksIn, type Surroundings } from './scene.ts';
import { isLed, WayIn } from './way.ts';

/** Milliseconds that a frame may be on its way through functions that are taken out, before what it passes goes. */
const drained = 50;

/** What a way is led by: the panel, what is seen around it, and the functions, from the network to the pod. */
export interface Leading {
  readonly panel: Panel;
  readonly pod: string;
  readonly around: Surroundings;
  readonly spaces: readonly FunctionSpace[];
  readonly openVswitch: OpenVswitch;
}

/**
 * Leads one way through functions, whatever it passed before. All that is new stands before the first frame is led to it, and at
 * no moment a frame passes another order than the one before or the one from now on.
 * @param at where the way leads to; absent where the owner of an endpoint has to find it
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function leadWay(leading: Leading, way: Way, at: Switch | undefined): Promise<void> {
  const { panel, pod, around, spaces, openVswitch } = leading;
  const end = { pod, ifindex: way.own.ifindex };
  const known = passagesAt(end, around.places.patch);
  const led = isLed(way, around) ? endsOf(end, around.places.patch) : undefined;
  const now = led && passagesIn(around.hops, led, known);
  const planned = plannedPassages(leading, end, way, now);
  const missing = planned.filter((key) => !isWhole(key, end, spaces, around));
  const wayIn = led ? undefined : new WayIn(panel, pod, way, at, around);
  await Promise.all([buildPassages(panel, missing), wayIn?.prepare(around.places.host)]);
  const patch = await linksIn(panel.namespace);
  const all = passagesAt(end, patch);
  const passages = planned.flatMap(
    (key) => all.find(({ ports }) => ports.outer === passagePorts(key).outer) ?? [],
  );
  const ends = led ?? expectedEnds(end, way, patch);
  const note = async (to: WayEnds) =>
    panel.note(writes(around.hops, hopsThrough(to, passages), to, [...known, ...all]));
  await note(ends);
  if (wayIn) {
    await wayIn.move(openVswitch);
    const found = endsOf(end, await linksIn(panel.namespace));
    if (found && found.pod !== ends.pod) await note(found);
  }
  await clear(
    panel,
    end,
    all.filter((one) => !passages.includes(one)),
    led ? drained : 0,
  );
}

/** Which passage through each function frames are to take. Pure. */
function plannedPassages(
  { pod, spaces, around }: Leading,
  { ifindex }: PodEnd,
  { own: { mtu } }: Way,
  now: readonly KnownPassage[] | undefined = [],
): Planned[] {
  const stepwise = isStepwise(
    now.map((passage) => passage.function),
    spaces.map(({ name }) => name),
  );
  const whole = wholePassages({ pod, ifindex }, spaces, around);
  return spaces.map(({ name, pid, namespace }) => {
    const current = now.find((passage) => passage.function === name);
    const isUsable = current && whole.some(({ outer }) => outer === current.outer);
    const lane: Lane =
      current === undefined ? 0 : stepwise && isUsable ? current.lane : current.lane === 0 ? 1 : 0;
    return { pod, ifindex, function: name, lane, namespace, pid, mtu };
  });
}

function isWhole(key: Planned, end: PodEnd, spaces: readonly FunctionSpace[], around: Surroundings): boolean {
  const { outer } = passagePorts(key);
  return wholePassages(end, spaces, around).some(({ ports }) => ports.outer === outer);
}

/** An interface that is moved keeps its index, unless somebody has that there: where frames go is noted before it comes. */
function expectedEnds(end: PodEnd, { peer }: Way, patch: readonly Link[]): WayEnds {
  const names = wayPorts(end);
  const switchEnd = patch.find(({ ifname }) => ifname === names.switch)?.ifindex ?? 0;
  const podEnd = patch.find(({ ifname }) => ifname === names.pod)?.ifindex ?? peer.ifindex;
  return { pod: podEnd, switch: switchEnd };
}

/** Takes passages away that no frame is led to any more. */
async function clear(
  panel: Panel,
  { ifindex }: PodEnd,
  old: readonly KnownPassage[],
  after: number,
): Promise<void> {
  if (old.length === 0) return;
  await wait(after);
  const noted = (await panel.read()).hops;
  const indices = old.flatMap(({ outer, inner }) => [outer, inner]);
  await panel.note(
    [],
    indices.filter((index) => noted.has(index)),
  );
  await deleteLinks(
    panel.namespace,
    old.flatMap(({ ports }) => Object.values(ports)),
  );
  for (const { function: fn, lane } of old) {
    const name = functionNamespace(fn);
    if (existsSync(`/run/netns/${name}`)) await deleteLinks({ name }, [portNames.bridge(ifindex, lane)]);
  }
}
