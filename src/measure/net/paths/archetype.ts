import { HeddleError, SeveralErrors, toHeddleError } from '../../../lib/errors.ts';
import { spansHosts } from '../../../networks/archetypes.ts';
import type { NetworkingService } from '../../../networks/standard/networking-service.ts';
import { farEnd } from '../ends/far-end.ts';
import { localEnd } from '../ends/local-end.ts';
import { closeNamespaced, networkName, openNamespaced, unlessGone } from '../ends/namespaced.ts';
import type { MeasuredPath, PathKind, PathTools } from './path.ts';

/** By which a network is joined to other hosts: from the last on, where fewer are taken (IEEE 802.1Q, 9.6). */
const lastVlan = 4094;

/** A network of an archetype, with a namespace at each end as a container has it. */
export function ofArchetype(archetype: string, traits: readonly string[]): PathKind {
  const clear = (id: string, tools: PathTools) => remove(id, archetype, tools);
  return {
    name: archetype,
    traits,
    lines: `networks:\n  lab: { x-heddle: { archetype: ${archetype} } }`,
    open: async (id, tools) => {
      try {
        return {
          ...(await make(id, archetype, tools)),
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
  id: string,
  archetype: string,
  { networking, far }: PathTools,
): Promise<Pick<MeasuredPath, 'client' | 'server'>> {
  const name = networkName(id, archetype);
  const joined = far && !spansHosts(archetype) && { vlan: await freeVlan(networking) };
  await networking.networks.create({ name, archetype, ...joined });
  const { within: client } = await openNamespaced(networking, name, 'client');
  if (far) return { client, server: await farEnd(far, id, archetype) };
  const { within, address } = await openNamespaced(networking, name, 'server');
  return { client, server: localEnd(within, address) };
}

/** One that no network has. @throws HeddleError ERR_MEASURE */
async function freeVlan(networking: NetworkingService): Promise<number> {
  const taken = new Set((await networking.networks.list()).map(({ vlan }) => vlan));
  for (let vlan = lastVlan; vlan > 1; vlan--) if (!taken.has(vlan)) return vlan;
  throw new HeddleError('ERR_MEASURE', 'every VLAN id is some network’s');
}

/** Goes on past what fails. @throws SeveralErrors ERR_NETWORK */
async function remove(id: string, archetype: string, { networking, far }: PathTools): Promise<void> {
  const name = networkName(id, archetype);
  const failures: HeddleError[] = [];
  if (far)
    await far.measuring.close(far.name, id, archetype).catch((error) => {
      failures.push(toHeddleError(error));
    });
  for (const end of far ? (['client'] as const) : (['client', 'server'] as const))
    failures.push(...(await closeNamespaced(networking, name, end)));
  await unlessGone(networking.networks.delete(name), failures);
  if (failures.length > 0)
    throw new SeveralErrors(
      'ERR_NETWORK',
      `${name}: ${failures.map(({ message }) => message).join('; ')}`,
      failures,
    );
}
