import { existsSync } from 'node:fs';
import { HeddleError, isHeddleError, SeveralErrors, toHeddleError } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import type { NetworkingService } from '../../../networks/standard/networking-service.ts';
import type { MeasuredPath, PathKind, PathTools } from './path.ts';

const ends = ['client', 'server'] as const;
type End = (typeof ends)[number];

/** A network of an archetype, with a namespace at each end as a container has it. */
export function ofArchetype(archetype: string, traits: readonly string[]): PathKind {
  const clear = (id: string, { networking }: PathTools) => remove(nameOf(id, archetype), networking);
  return {
    name: archetype,
    traits,
    lines: `networks:\n  lab: { x-heddle: { archetype: ${archetype} } }`,
    open: async (id, tools) => {
      const name = nameOf(id, archetype);
      try {
        return {
          ...(await make(name, archetype, tools.networking)),
          [Symbol.asyncDispose]: () => clear(id, tools),
        };
      } catch (error) {
        await clear(id, tools).catch(() => {});
        throw error;
      }
    },
    clear,
  };
}

async function make(
  name: string,
  archetype: string,
  networking: NetworkingService,
): Promise<Omit<MeasuredPath, typeof Symbol.asyncDispose>> {
  await networking.networks.create({ name, archetype });
  const addresses = { client: '', server: '' };
  for (const end of ends) {
    const namespace = namespaceOf(name, end);
    await run('ip', ['netns', 'add', namespace], { code: 'ERR_NETWORK' });
    await run('ip', ['-n', namespace, 'link', 'set', 'lo', 'up'], { code: 'ERR_NETWORK' });
    const endpoint = await networking.endpoints(name).create({
      name: end,
      attachment: { kind: 'namespace', path: `/run/netns/${namespace}`, interface: 'eth0' },
    });
    addresses[end] = addressIn(endpoint.status.observed, name);
  }
  const within = (end: End) => ['nsenter', `--net=/run/netns/${namespaceOf(name, end)}`, '--'];
  return { client: within('client'), server: within('server'), address: addresses.server };
}

/** The first, without its prefix. */
function addressIn(observed: Readonly<Record<string, unknown>>, name: string): string {
  const { addresses } = observed;
  const [first] = Array.isArray(addresses) ? addresses : [];
  if (typeof first !== 'string') throw new HeddleError('ERR_NETWORK', `${name}: an endpoint has no address`);
  return first.split('/')[0] ?? first;
}

/** Goes on past what fails. @throws SeveralErrors ERR_NETWORK */
async function remove(name: string, networking: NetworkingService): Promise<void> {
  const failures: HeddleError[] = [];
  const unlessGone = async (work: Promise<unknown>) => {
    await work.catch((error) => {
      if (!isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) failures.push(toHeddleError(error));
    });
  };
  for (const end of ends) await unlessGone(networking.endpoints(name).delete(end));
  await unlessGone(networking.networks.delete(name));
  for (const end of ends) {
    const namespace = namespaceOf(name, end);
    if (existsSync(`/run/netns/${namespace}`))
      await unlessGone(run('ip', ['netns', 'del', namespace], { code: 'ERR_NETWORK' }));
  }
  if (failures.length > 0)
    throw new SeveralErrors(
      'ERR_NETWORK',
      `${name}: ${failures.map(({ message }) => message).join('; ')}`,
      failures,
    );
}

function nameOf(id: string, archetype: string): string {
  return `bench-${id}-${archetype}`;
}

function namespaceOf(network: string, end: End): string {
  return `heddle-${network}-${end}`;
}
