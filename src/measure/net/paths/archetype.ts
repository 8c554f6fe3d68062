import { setTimeout as wait } from 'node:timers/promises';
import { HeddleError, SeveralErrors, toHeddleError } from '../../../lib/errors.ts';
import { run } from '../../../lib/exec.ts';
import { spansHosts } from '../../../networks/archetypes.ts';
import type { Network } from '../../../networks/standard/network.ts';
import type { NetworkingService } from '../../../networks/standard/networking-service.ts';
import { farEnd } from '../ends/far-end.ts';
import { localEnd } from '../ends/local-end.ts';
import { closeNamespaced, networkName, openNamespaced, unlessGone } from '../ends/namespaced.ts';
import type { MeasuredPath, PathKind, PathTools } from './path.ts';

/** How often the other end is asked whether it is there, and milliseconds between. */
const [mostTries, pause] = [20, 250];
/** By which a network is joined to other hosts: from the last on, where fewer are taken (IEEE 802.1Q, 9.6). */
const lastVlan = 4094;

/** A network of an archetype, with a namespace at each end as a container has it. `options`: what it is told, to be measured whole. */
export function ofArchetype(
  archetype: string,
  traits: readonly string[],
  options: Network['options'] = {},
): PathKind {
  const clear = (id: string, tools: PathTools) => remove(id, archetype, tools);
  return {
    name: archetype,
    traits,
    lines: `networks:\n  lab: { x-heddle: { archetype: ${archetype} } }`,
    open: async (id, tools) => {
      try {
        return {
          ...(await make(id, { archetype, options }, tools)),
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
  { archetype, options }: Pick<Network, 'options'> & { readonly archetype: string },
  { networking, far, signal }: PathTools,
): Promise<Pick<MeasuredPath, 'client' | 'server'>> {
  const name = networkName(id, archetype);
  const joined = far && !spansHosts(archetype) && { vlan: await freeVlan(networking) };
  await networking.networks.create({ name, archetype, options, ...joined });
  const { within: client } = await openNamespaced(networking, name, 'client');
  if (far) {
    const server = await farEnd(far, id, archetype);
    await reached(client, server.address, signal);
    return { client, server };
  }
  const { within, address } = await openNamespaced(networking, name, 'server');
  return { client, server: localEnd(within, address) };
}

/** Waits until the other end answers, for a while: hosts tell each other where it is. One that never does fails its turns. */
async function reached(client: readonly string[], address: string, signal: AbortSignal): Promise<void> {
  const [program = '', ...args] = [...client, 'ping', '-c', '1', '-W', '1', address];
  for (let tries = 0; tries < mostTries && !signal.aborted; tries++) {
    const answers = await run(program, args, { code: 'ERR_MEASURE' }).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await wait(pause, undefined, { signal }).catch(() => {});
  }
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
