import { stat } from 'node:fs/promises';
import type { ObservedContainer } from '../engines/observed.ts';
import { HeddleError, isHeddleError } from '../lib/errors.ts';
import { label } from '../lib/labels.ts';
import { whyNotLed } from '../networks/archetypes.ts';
import type { EndpointWish } from '../networks/standard/endpoint.ts';
import { ensure, removeIfThere } from '../networks/standard/ensure.ts';
import { functionsOf } from '../selector/led.ts';
import type { PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { ownerOf } from './network-owners.ts';
import { endpointWishes } from './network-wish.ts';
import { runOf } from './observed.ts';

/** How often it is waited for an endpoint that this node has not brought about, each time as long as the networking service does. */
const mostWaits = 6;

/** Gives a sandbox that runs its endpoint on a network, as it is specified. */
export async function connectEndpoint(
  context: DeployContext,
  pod: PodSpec,
  network: string,
  holder: ObservedContainer & { readonly pid: number },
): Promise<void> {
  const { networking, spec, project, hash } = context;
  const { name } = pod;
  const wish = endpointWishes(pod, spec.networks).get(network);
  if (!wish) throw new HeddleError('ERR_INTERNAL', `${name}: it has no endpoint on ${network}`);
  const { interface: inside, ...rest } = wish;
  const path = `/proc/${holder.pid}/ns/net`;
  // A process id may be given again; the namespace that was meant is another then.
  const { ino: inode } = await stat(path).catch((cause: Error) => {
    throw new HeddleError('ERR_NAMESPACE', `${path}: the sandbox ${holder.name} has ended`, { cause });
  });
  if (wish.options?.['led'] === true) await checkLed(networking, pod, network);
  const whole = {
    ...rest,
    attachment: { kind: 'namespace', path, inode, interface: inside } as const,
    labels: {
      [label.project]: project,
      [label.pod]: name,
      [label.hash]: hash(wish),
      [label.run]: runOf(holder),
    },
  };
  const connect = () => bringAbout(context, network, whole);
  try {
    await connect();
  } catch (error) {
    const own = spec.networks.find((one) => one.name === network && !one.external);
    if (!own || !isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) throw error;
    // Another node has removed it, as the last one that was on it.
    await ownerOf(own.owner).create(context, own);
    await connect();
  }
}

/** Whatever comes into the sandbox finds names and addresses by what there is of it: where nodes share networks, that may take a while. */
async function bringAbout(
  { networking, signal }: DeployContext,
  network: string,
  wish: EndpointWish,
): Promise<void> {
  for (let waits = 1; ; waits++) {
    const { status } = await ensure(networking.endpoints(network), wish);
    if (status.phase === 'ready') return;
    if (waits < mostWaits && !signal?.aborted) continue;
    const why = status.reason ?? 'it has not been brought about yet';
    throw new HeddleError('ERR_NODE_AWAY', `endpoint ${wish.name} of ${network}: ${why}`);
  }
}

/** What a network is that is not the file's own, only its owner knows. @throws HeddleError ERR_FEATURE_IMPOSSIBLE */
async function checkLed(
  { networks }: DeployContext['networking'],
  pod: PodSpec,
  name: string,
): Promise<void> {
  const { archetype, options } = await networks.read(name);
  const why = whyNotLed(archetype, options);
  if (why !== undefined)
    throw new HeddleError(
      'ERR_FEATURE_IMPOSSIBLE',
      `${pod.name}: ${functionsOf(pod).join(', ')} cannot stand in its path on the network ${name}, whose ${why}`,
    );
}

/** Takes a pod off a network; whatever of it is gone already. */
export function disconnectEndpoint(
  { networking }: DeployContext,
  pod: string,
  network: string,
): Promise<void> {
  return removeIfThere(networking.endpoints(network), pod);
}
