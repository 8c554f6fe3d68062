import type { Service } from '../../descriptor/application.ts';
import type { Descriptor } from '../../descriptor/index.ts';
import { composeLabel } from '../../lib/labels.ts';
import type { ChainPeer, ChainSpec, PodChain } from '../chain-spec.ts';
import type { Deployment } from '../deployment.ts';
import type { FeatureUse } from '../features.ts';
import { functionPod } from '../function-pod.ts';
import { forwardingPod } from '../function-services.ts';
import { servicePod } from '../service-pods.ts';
import type { PodSpec } from '../spec.ts';
import type { ChainUse } from './chains.ts';
import type { ChainEnd } from './ends.ts';
import { functionName } from './through.ts';

/** Adds the pods of a chain's functions, and says of the pods at the end where it is enforced what they have to do with it. */
export function placeChain(deployment: Deployment, descriptor: Descriptor, use: ChainUse): void {
  const { chain, ends, functions } = use;
  const made: PodSpec[] = [];
  deployment.pods.changeOf(ends.service.name, (led) => {
    const stages = functions.map((fn): readonly string[] => {
      if (fn.kind === 'service' && fn.service.function?.per === 'service')
        return sharedPods(deployment, fn.service);
      const pod =
        fn.kind === 'service'
          ? instance(deployment, descriptor, fn.service, led)
          : fromTemplate(deployment, fn.use, led, chain.name);
      // Of others whose names come out alike there are two then, which is an error that is found later.
      if (!isShared(deployment.pods.get(pod.name), pod)) made.push(pod);
      return [pod.name];
    });
    const several = functions.flatMap((fn, at) =>
      fn.kind === 'service' && (stages[at]?.length ?? 0) > 1
        ? [[fn.service.name, stages[at] ?? []] as const]
        : [],
    );
    const entry: PodChain = {
      chain: chain.name,
      side: ends.at,
      peer: peerOf(ends.peer),
      ports: chain.ports,
      // What goes out passes them in the order of the file: the first of them is the nearest then.
      path: (ends.at === 'to' ? stages : stages.toReversed()).flat(),
      ...(several.length > 0 && { instances: Object.fromEntries(several) }),
      onFailure: chain.onFailure,
    };
    return { ...led, chains: [...(led.chains ?? []), entry] };
  });
  for (const pod of made) deployment.pods.add(pod);
  for (const fn of functions) if (fn.kind === 'feature') noteFeature(deployment, fn.use, use, made);
}

/** A chain as the user knows it. */
export function chainSpec({ chain, ends, functions }: ChainUse): ChainSpec {
  const { name, from, to, ports, onFailure } = chain;
  return { name, from, to, ports, through: functions.map(functionName), onFailure, at: ends.at };
}

/** The instances of a function that is shared. */
function sharedPods({ pods }: Deployment, { name }: Service): readonly string[] {
  return pods.of(name).flatMap((pod) => (pod.role === 'service' ? pod.name : []));
}

/** One of a service that is a function, beside the pod that is led through it; for all chains of that pod. */
function instance(deployment: Deployment, descriptor: Descriptor, service: Service, led: PodSpec): PodSpec {
  const name = `${led.name}.${service.name}`;
  const image = deployment.images.ofService(deployment.project, service);
  const { index: _, ...pod } = servicePod(
    descriptor,
    { ...service, containerName: name },
    1,
    image,
    deployment.images,
  );
  const forwarding = service.function ? forwardingPod(pod, service.name, service.function) : pod;
  return {
    ...forwarding,
    role: 'function',
    ...(led.service !== undefined && { service: led.service }),
    containers: pod.containers.map((container) => {
      const { [composeLabel.index]: _number, ...labels } = container.labels;
      return { ...container, key: 'function', role: 'agent', labels };
    }),
    ...(forwarding.forwards && { forwards: { ...forwarding.forwards, pod: led.name } }),
    ...(led.role === 'oneoff' && { oneOff: true }),
  };
}

/** Whether a pod is what another chain of the same pod has of the same service: its name is made of those two. */
function isShared(present: PodSpec | undefined, { forwards }: PodSpec): boolean {
  return forwards !== undefined && present?.forwards?.pod === forwards.pod;
}

function fromTemplate(deployment: Deployment, use: FeatureUse, led: PodSpec, chain: string): PodSpec {
  const { template, function: does } = use;
  const [[name, agent] = []] = Object.entries(template.agents);
  if (!does || !agent || name === undefined) throw new TypeError(`${template.feature} stands in no path`);
  const place = `${led.name}.${chain}`;
  return functionPod(deployment, { use, does, name, agent }, led, `${place}.${template.feature}`, place);
}

function noteFeature(
  deployment: Deployment,
  { template, parameters, budget }: FeatureUse,
  { chain, ends }: ChainUse,
  made: readonly PodSpec[],
): void {
  const { feature } = template;
  deployment.features.push({
    feature,
    service: ends.service.name,
    chain: chain.name,
    parameters,
    agents: made.flatMap(({ name: pod, containers }) =>
      containers.flatMap((one) => (one.feature === feature ? [{ pod, container: one.name }] : [])),
    ),
    ...(budget && { budget }),
  });
}

function peerOf(end: ChainEnd): ChainPeer {
  switch (end.kind) {
    case 'service':
      return { kind: 'service', service: end.service.name };
    case 'network':
      return { kind: 'network', network: end.network.name };
    case 'outside':
      return { kind: 'outside' };
  }
}
