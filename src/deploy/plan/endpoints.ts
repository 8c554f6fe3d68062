import type { ObservedContainer } from '../../engines/observed.ts';
import { sandboxName } from '../../selector/pod-names.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { endpointWishes } from '../network-wish.ts';
import { type ObservedEndpoint, runOf } from '../observed.ts';
import type { PlanBuilder } from './builder.ts';
import type { Planning } from './planning.ts';
import { planWire } from './wires.ts';

/** Ids of the steps that a pod's containers wait for, beside those of its sandbox; for its application, and for the others. */
interface Connected {
  readonly application: readonly string[];
  readonly agents: readonly string[];
}

/**
 * What comes between a pod's sandbox and its first container: its links into networks, in which its path stands, and that to
 * the management bridge. `sandbox`: the steps after which its namespace is there; none: it is there already.
 */
export function planEndpoints(planning: Planning, pod: PodSpec, sandbox: readonly string[]): Connected {
  const connected = planConnections(planning, pod, sandbox);
  const there = [...sandbox, ...connected];
  return {
    application: planWire(planning, pod, there),
    agents: [...connected, ...planManagement(planning, pod, sandbox)],
  };
}

/** The endpoints that are missing, or are not what and where they should be; and away with those that it has no longer. */
function planConnections(
  { spec, observed, options, builder }: Planning,
  pod: PodSpec,
  sandbox: readonly string[],
): string[] {
  const wishes = endpointWishes(pod, spec.networks);
  const holder = observed.containers.find(({ name }) => name === sandboxName(pod.name));
  const present = new Map(
    observed.endpoints.filter((one) => one.pod === pod.name).map((one) => [one.network, one]),
  );
  const ids = [...wishes].flatMap(([network, wish]) => {
    const why =
      sandbox.length > 0 ? 'its sandbox is new' : differs(present.get(network), holder, options.hash(wish));
    const subject = `${pod.name} ${network}`;
    const after = [
      ...sandbox,
      ...builder.idsOf('createNetwork', [network]),
      ...builder.idsOf('switchNetwork', [network]),
      ...builder.idsOf('disconnectEndpoint', [subject]),
    ];
    return why === undefined ? [] : [builder.add('connectEndpoint', subject, { pod, network }, why, after)];
  });
  if (options.mode === 'up') {
    for (const network of present.keys()) {
      if (wishes.has(network)) continue;
      const args = { pod: pod.name, network };
      builder.add(
        'disconnectEndpoint',
        `${pod.name} ${network}`,
        args,
        'it is no longer on the network',
        sandbox,
      );
    }
  }
  return ids;
}

function differs(
  present: ObservedEndpoint | undefined,
  holder: ObservedContainer | undefined,
  hash: string,
): string | undefined {
  if (!present) return 'it is not on the network';
  if (holder && present.run !== runOf(holder)) return 'its sandbox was started again';
  if (present.hash !== hash) return 'what it is on the network changed';
  return present.isReady ? undefined : 'its endpoint is not as it should be';
}

/**
 * Lets the applications of pods begin after one more step, which could be planned only when all else was; without those that the
 * step waits for itself.
 */
export function holdBack(builder: PlanBuilder, pods: readonly PodSpec[], id: string): void {
  const earlier = builder.upTo(id);
  for (const { containers } of pods) {
    const names = containers.filter(({ role }) => role === 'application').map(({ name }) => name);
    for (const kind of ['createContainer', 'startContainer'] as const) {
      for (const begins of builder.idsOf(kind, names)) if (!earlier.has(begins)) builder.delay(begins, [id]);
    }
  }
}

function planManagement(
  { observed, builder }: Planning,
  pod: PodSpec,
  sandbox: readonly string[],
): readonly string[] {
  if (!pod.management) return sandbox;
  const port = observed.management.find((candidate) => candidate.pod === pod.name);
  if (port && port.isolated === pod.management.isolated && sandbox.length === 0) return [];
  const reason = sandbox.length > 0 ? 'its sandbox is new' : 'it has an agent and no management link';
  return [builder.add('connectManagement', pod.name, { pod }, reason, sandbox)];
}
