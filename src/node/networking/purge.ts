import { rmSync } from 'node:fs';
import { HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { giveUpBonds, removeBonds } from '../../networks/bond/bonds.ts';
import { leave } from '../../networks/dispatch/leave.ts';
import { owner, ownerLabel } from '../../networks/dispatch/names.ts';
import type { Network } from '../../networks/standard/network.ts';
import { removeTables } from '../../networks/tables.ts';
import { removeLinks } from '../../networks/wan/made.ts';
import type { Unit } from '../services/unit.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { bondsFolder } from './bonds-folder.ts';
import { EdgeBefore } from './edge-before.ts';
import { type HostNetworking, openNetworking } from './host-networking.ts';
import { refuseOfApplications } from './of-applications.ts';
import { programsOf } from './program-folder.ts';
import { stateFile } from './service-files.ts';
import type { ServicesContext } from './services-context.ts';
import { nodeNameOf, openShared } from './sharing.ts';
import { linksFolder } from './site-links.ts';

/**
 * Removes every network of this host, and all that they have made on it. No node runs. `isForced`: what somebody has who does not
 * run (Open vSwitch) is given up.
 * @returns the names of networks that are gone, and in words what was given up
 * @throws HeddleError ERR_RESOURCE_IN_USE for networks of applications; SeveralErrors what is left, when all else is gone;
 *   ERR_NETWORK_OWED when only that is left that was not given up, which is remembered; ERR_STATE_UNREACHABLE when other nodes
 *   could not be told
 */
export async function purgeNetworks(
  context: ServicesContext,
  isForced: boolean,
): Promise<{ readonly gone: readonly string[]; readonly left: readonly string[] }> {
  // Here everything is in this process, and about this host alone: what nodes share is theirs together.
  const settings: NodeSettings = { ...context.settings, services: {}, state: {} };
  const networks = await openNetworking({ ...context, settings });
  await networks.open();
  try {
    // Those that this host shares with others are here as well, and are nobody’s but the dispatcher’s.
    const all = (await Promise.all(networks.units.map(({ service }) => service.networks.list()))).flat();
    refuseOfApplications(all);
    const left = await removeAll(networks, context, isForced);
    await leaveOthers(context.settings);
    if (left.length > 0 && !isForced)
      throw new HeddleError('ERR_NETWORK_OWED', `all else is gone from this host: ${left.join('; ')}`);
    const gone = all.filter(isUsers).map(({ name }) => name);
    return { gone: gone.sort(), left };
  } finally {
    await networks.stop();
  }
}

/** Not one that a service has made for another. */
function isUsers({ labels }: Pick<Network, 'labels'>): boolean {
  return labels[ownerLabel] === undefined || labels[ownerLabel] === owner;
}

/** Lets nodes that share networks with this one forget what it had of them. */
async function leaveOthers(settings: NodeSettings): Promise<void> {
  const shared = await openShared(settings);
  if (!shared) return;
  try {
    await leave(shared, archetypes, nodeNameOf(settings), false);
  } catch (cause) {
    const { code, message } = toHeddleError(cause);
    throw new HeddleError(
      code,
      `all is gone from this host, and the nodes that it shared networks with do not know it yet: ${message}`,
      { cause, hint: 'run it again when they are reached' },
    );
  } finally {
    await shared.close();
  }
}

/** @returns what is left, in words: remembered, or given up */
async function removeAll(
  { units, edge, settleOwed, giveUpOwed }: HostNetworking,
  { stateDir }: ServicesContext,
  isForced: boolean,
): Promise<string[]> {
  const errors: HeddleError[] = [];
  const left = new Set<string>();
  const attempt = (work: () => Promise<unknown>) =>
    work().catch((error) => void errors.push(toHeddleError(error)));
  const note = (owed: readonly (string | undefined)[]) => {
    for (const what of owed) if (what !== undefined) left.add(what);
  };
  // Those that are made of others go first; what they had of these goes with them.
  for (const unit of [...units].reverse()) await attempt(() => removeOf(unit, attempt));
  await attempt(async () => note([await edge?.remove()]));
  await attempt(() => removeLinks(linksFolder(stateDir)));
  await attempt(async () => note(await removeBonds(bondsFolder(stateDir))));
  // And what is left of one that the settings do not name any more.
  const before = new EdgeBefore(undefined, stateDir);
  await attempt(() => before.leave());
  await attempt(async () => note([...(await before.settleOwed()), ...(await settleOwed())]));
  if (errors.length === 0) await attempt(removeTables);
  if (errors.length > 0)
    throw new SeveralErrors('ERR_NETWORK', errors.map(({ message }) => message).join('; '), errors);
  if (left.size > 0 && !isForced) return [...left];
  await giveUpOwed();
  giveUpBonds(bondsFolder(stateDir));
  rmSync(programsOf(stateDir), { recursive: true, force: true });
  before.giveUp();
  for (const { name } of units)
    for (const end of ['', '-wal', '-shm']) rmSync(`${stateFile(stateDir, name)}${end}`, { force: true });
  return [...left];
}

async function removeOf(
  { service }: Unit,
  attempt: (work: () => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  for (const { name } of await service.networks.list()) {
    await attempt(async () => {
      for (const endpoint of await service.endpoints(name).list())
        await attempt(() => service.endpoints(name).delete(endpoint.name));
      await service.networks.delete(name);
    });
  }
}
