import { rmSync } from 'node:fs';
import { type HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import { removeTables } from '../../networks/tables.ts';
import type { Unit } from '../services/unit.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { type HostNetworking, openNetworking } from './host-networking.ts';
import { refuseOfApplications } from './of-applications.ts';
import { programsOf } from './program-folder.ts';
import { stateFile } from './service-files.ts';
import type { ServicesContext } from './services-context.ts';

/**
 * Removes every network of this host, and all that they have made on it. No node runs.
 * @returns the names of networks that are gone
 * @throws HeddleError ERR_RESOURCE_IN_USE for networks of applications; SeveralErrors what is left, when all else is gone
 */
export async function purgeNetworks(context: ServicesContext): Promise<string[]> {
  // Here everything is in this process, and about this host alone: what nodes share is theirs together.
  const settings: NodeSettings = { ...context.settings, services: {}, state: {} };
  const networks = await openNetworking({ ...context, settings });
  await networks.open();
  try {
    const shown = await networks.networking.networks.list();
    refuseOfApplications(shown);
    await removeAll(networks, context);
    return shown.map(({ name }) => name);
  } finally {
    await networks.stop();
  }
}

async function removeAll({ units, edge }: HostNetworking, { stateDir }: ServicesContext): Promise<void> {
  const errors: HeddleError[] = [];
  const attempt = (work: () => Promise<unknown>) =>
    work().catch((error) => void errors.push(toHeddleError(error)));
  // Those that are made of others go first; what they had of these goes with them.
  for (const unit of [...units].reverse()) await attempt(() => removeOf(unit, attempt));
  await attempt(async () => edge?.remove());
  if (errors.length === 0) await attempt(removeTables);
  if (errors.length > 0)
    throw new SeveralErrors('ERR_NETWORK', errors.map(({ message }) => message).join('; '), errors);
  rmSync(programsOf(stateDir), { recursive: true, force: true });
  for (const { name } of units)
    for (const end of ['', '-wal', '-shm']) rmSync(`${stateFile(stateDir, name)}${end}`, { force: true });
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
