import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import { bridgeIdentity, setGuard } from '../networks/path/guard/guard.ts';
import type { Identity } from '../networks/path/guard/ruleset.ts';
import { waysOf } from '../networks/path/ways.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { peerServices } from './chain-inputs.ts';
import type { DeployContext } from './context.ts';
import { functionInputs, podsOfService } from './function-inputs.ts';

/** A pod whose identity functions rely on, as it runs now. */
interface Guarded {
  readonly pod: string;
  readonly startedAt: number;
  readonly networks: ObservedContainer['networks'];
  /** The functions that its traffic passes. */
  readonly path: readonly string[];
  /** Whether a chain is with it. */
  readonly isPeer?: true;
}

/** All that the host's rules depend on: the pods that functions guard or know, as they run now. Empty: there are none. */
export function guardInputs(spec: DeploymentSpec, containers: readonly ObservedContainer[]): Guarded[] {
  const functions = spec.pods.filter((pod) => pod.function);
  const peers = new Set(
    spec.pods.flatMap((pod) =>
      peerServices(pod).flatMap((service) => podsOfService(spec, containers, service)),
    ),
  );
  const led = spec.pods.filter(({ chains }) => chains !== undefined).map(({ name }) => name);
  const names = new Set([
    ...peers,
    ...led,
    ...functions.flatMap((pod) => [
      pod.function?.pod ?? '',
      ...(functionInputs(spec, containers, pod)?.concerned ?? []),
    ]),
  ]);
  return [...names].sort().flatMap((name) => {
    const sandbox = sandboxOf(containers, name);
    if (sandbox?.state !== 'running') return [];
    const path = spec.pods.find((pod) => pod.name === name)?.path ?? [];
    return [
      {
        pod: name,
        startedAt: sandbox.startedAt ?? 0,
        networks: sandbox.networks,
        path,
        ...(peers.has(name) && { isPeer: true as const }),
      },
    ];
  });
}

/** Puts the host's rules in place that keep others from speaking as the pods that functions know. */
export async function guardNeighbours({ engine, hash, project, spec }: DeployContext): Promise<void> {
  const containers = await engine.workloads.containers(project);
  const inputs = guardInputs(spec, containers);
  const networks = [...new Set(inputs.flatMap((pod) => pod.networks.map(({ network }) => network)))];
  const bridges = new Map(
    await Promise.all(networks.map(async (name) => [name, await engine.host.bridgeOf(name)] as const)),
  );
  const running = inputs.flatMap(({ pod }) => {
    const pid = sandboxOf(containers, pod)?.pid;
    return pid === undefined ? [] : [{ pod, pid }];
  });
  const ways = await waysOf(project, running);
  const identities = inputs.flatMap((pod) => identitiesOf(pod, ways.get(pod.pod), bridges));
  const used = [...new Set([...bridges.values()].filter((bridge) => bridge !== undefined))];
  const gateways = await Promise.all(used.map(bridgeIdentity));
  const present = gateways.filter((gateway) => gateway !== undefined);
  await setGuard(project, [...identities, ...present], hash(inputs));
}

function identitiesOf(
  { networks, isPeer }: Guarded,
  ways: readonly { readonly bridge: string; readonly port: string }[] | undefined,
  bridges: ReadonlyMap<string, string | undefined>,
): Identity[] {
  // It has ended since.
  if (!ways) return [];
  return networks.flatMap(({ network, mac, ipv4, ipv6 }) => {
    const bridge = bridges.get(network);
    if (mac === undefined || bridge === undefined) return [];
    const addresses = { mac, ipv4: ipv4 === undefined ? [] : [ipv4], ipv6: ipv6 === undefined ? [] : [ipv6] };
    const ports = ways.filter((way) => way.bridge === bridge).map(({ port }) => port);
    // One that is nowhere to be found has its addresses still: nobody speaks from them.
    return ports.length > 0
      ? ports.map((port): Identity => ({ bridge, port, ...addresses, ...(isPeer && { isBound: true }) }))
      : [{ bridge, ...addresses }];
  });
}

function sandboxOf(containers: readonly ObservedContainer[], pod: string): ObservedContainer | undefined {
  return containers.find(({ labels }) => labels[label.pod] === pod && labels[label.role] === 'sandbox');
}
