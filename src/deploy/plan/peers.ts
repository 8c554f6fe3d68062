import type { PodSpec } from '../../selector/spec.ts';
import { chainInputs, peerServices } from '../chain-inputs.ts';
import { knownContainers } from '../far.ts';
import { canBeLed, isCutOff } from './can-be-led.ts';
import { connectionsOf } from './connections.ts';
import { holdBack } from './endpoints.ts';
import { sandboxSteps } from './functions.ts';
import { ledBy } from './led.ts';
import type { Planning } from './planning.ts';

/**
 * Leads pods anew whose chains are with somebody that is somewhere else than before, also those that run and are not among the
 * wanted. Planned when all else is, but for what follows from wires.
 */
export function planPeers(planning: Planning, wanted: readonly PodSpec[]): void {
  const { spec, observed, options, builder, replicas } = planning;
  const once = spec.pods.filter(({ role }) => role === 'oneoff');
  const are = new Set(wanted.filter((pod) => !isCutOff(planning, ledBy(planning, pod))));
  const isLed = (pod: PodSpec) => are.has(pod) || canBeLed(planning, ledBy(planning, pod));
  for (const pod of spec.pods.filter((one) => one.chains && isLed(one))) {
    const inputs = chainInputs(spec, knownContainers(observed), ledBy(planning, pod));
    if (!inputs) continue;
    const services = peerServices(pod);
    const peers = [
      ...services.flatMap((service) => replicas.get(service) ?? []),
      ...once.filter(({ service = '' }) => services.includes(service)),
    ];
    const names = peers.map(({ name }) => name);
    const moved = [
      ...sandboxSteps(builder, names),
      ...peers.flatMap((peer) => connectionsOf(planning, peer)),
    ];
    const current = observed.chains?.[pod.name]?.digest === options.hash(inputs);
    if (current && moved.length === 0) continue;
    const reason = 'its chains, or where those are that they are with, changed';
    const id = builder.add('insertWire', pod.name, { pod }, reason);
    // Who takes a place that is free only after this is led when it is seen there.
    builder.delay(
      id,
      moved.filter((step) => !builder.follows(step, id)),
    );
    holdBack(builder, [pod], id);
  }
}
