import { nameOf, type PortNames } from '../ovs/controller/shown-flow.ts';
import { shownStep } from '../ovs/controller/shown-step.ts';
import { trace } from '../ovs/controller/trace.ts';
import { port } from '../ovs/openflow/numbers.ts';
import type { Outlet, Trace } from '../standard/traffic.ts';
import type { SwitchView } from './controller/learning-switch.ts';
import type { Member } from './controller/pipeline.ts';

interface Owner {
  readonly name: string;
  readonly mac: string;
}

/** A member that is no endpoint: the way to other hosts. */
const trunk = 'trunk';

/** Who is at which port of a switch: an endpoint by its address, or this host. Pure. */
export function namesOf(members: readonly Member[], endpoints: readonly Owner[]): PortNames {
  const byMac = new Map(endpoints.map(({ mac, name }) => [mac, name]));
  return new Map(
    members.map(({ number, mac = trunk }) => [
      number,
      number === port.local ? 'LOCAL' : (byMac.get(mac) ?? mac),
    ]),
  );
}

/**
 * Where a frame goes, when the switch is asked and not only the networks that this one is made of: its flows stand in the
 * place of what those know. Pure. `below`: the way as those have it, with what the host does.
 */
export function switchedTrace(
  below: Trace,
  from: string,
  { flows, groups, members }: SwitchView,
  endpoints: readonly Owner[],
): Trace {
  const sender = endpoints.find(({ name }) => name === from)?.mac;
  const inPort = members.find(({ mac }) => mac === sender)?.number;
  const isSent = below.steps.some(({ place }) => place === 'switch');
  if (!isSent || inPort === undefined) return below;
  const frame = { inPort, ethSrc: below.source, ethDst: below.destination, ethType: below.etherType };
  const { steps, outputs, isReported } = trace(flows, groups, frame);
  const names = namesOf(members, endpoints);
  const before = below.steps.filter(({ place }) => place === 'endpoint');
  const switched = steps.map((step) => shownStep(step, flows, names, isReported));
  const untilHere = { ...below, steps: [...before, ...switched] };
  if (outputs.length === 0) return { ...untilHere, outcome: 'dropped', to: [] };
  const bridge = below.to.find(({ kind }) => kind === 'host')?.name ?? 'LOCAL';
  const outlets = outputs.map((number) => outletOf(number, names, bridge));
  const [only, ...more] = outputs;
  if (only === port.local && more.length === 0) {
    const onHost = below.steps.filter(({ place }) => place === 'host');
    const to = onHost.length > 0 ? below.to : outlets;
    const outcome = onHost.length > 0 ? below.outcome : 'delivered';
    return { ...untilHere, steps: [...untilHere.steps, ...onHost], outcome, to };
  }
  return { ...untilHere, outcome: more.length > 0 ? 'flooded' : 'delivered', to: outlets };
}

function outletOf(number: number, names: PortNames, bridge: string): Outlet {
  if (number === port.local) return { kind: 'host', name: bridge };
  const name = nameOf(number, names);
  return { kind: name === trunk ? 'edge' : 'endpoint', name };
}
