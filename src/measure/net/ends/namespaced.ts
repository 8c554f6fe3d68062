import { existsSync } from 'node:fs';
import { HeddleError, isHeddleError, toHeddleError } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import type { NetworkingService } from '../../../networks/standard/networking-service.ts';

/** An end of a path on a network of an archetype: a namespace, as a container has it. */
export type End = 'client' | 'server';

export interface Namespaced {
  /** What a command begins with that runs there. */
  readonly within: readonly string[];
  readonly address: string;
}

/** The network of a benchmark, by its name: the same on each node. */
export function networkName(run: string, archetype: string): string {
  return `bench-${run}-${archetype}`;
}

/** @throws HeddleError ERR_NETWORK and what the network refuses it with */
export async function openNamespaced(
  networking: NetworkingService,
  network: string,
  end: End,
): Promise<Namespaced> {
  const namespace = namespaceOf(network, end);
  await run('ip', ['netns', 'add', namespace], { code: 'ERR_NETWORK' });
  await run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up'], { code: 'ERR_NETWORK' });
  const { status } = await networking.endpoints(network).create({
    name: end,
    attachment: { kind: 'namespace', path: `/run/netns/${namespace}`, interface: 'eth0' },
  });
  return {
    within: ['nsenter', `--net=/run/netns/${namespace}`, '--'],
    address: addressIn(status.observed, network),
  };
}

/** Takes one away, or what is left of it. Goes on past what fails, and returns that. */
export async function closeNamespaced(
  networking: NetworkingService,
  network: string,
  end: End,
): Promise<HeddleError[]> {
  const failures: HeddleError[] = [];
  await unlessGone(networking.endpoints(network).delete(end), failures);
  const namespace = namespaceOf(network, end);
  if (existsSync(`/run/netns/${namespace}`))
    await unlessGone(run('ip', ['netns', 'del', namespace], { code: 'ERR_NETWORK' }), failures);
  return failures;
}

/** Waits for some work; what fails is noted, unless it is that there is nothing any more. */
export async function unlessGone(work: Promise<unknown>, failures: HeddleError[]): Promise<void> {
  await work.catch((error) => {
    if (!isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) failures.push(toHeddleError(error));
  });
}

/** The first, without its prefix. */
function addressIn(observed: Readonly<Record<string, unknown>>, network: string): string {
  const { addresses } = observed;
  const [first] = Array.isArray(addresses) ? addresses : [];
  if (typeof first !== 'string')
    throw new HeddleError('ERR_NETWORK', `${network}: an endpoint has no address`);
  return first.split('/')[0] ?? first;
}

function namespaceOf(network: string, end: End): string {
  return `heddle-${network}-${end}`;
}
