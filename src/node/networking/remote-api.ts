import { networkRoutes, switchRoutes } from '../../api/routes/networks.ts';
import { SecureServer } from '../../api/secure-server.ts';
import { group } from '../../api/server.ts';
import { addressPort } from '../../lib/address-port.ts';
import type { Log } from '../../lib/log.ts';
import type { NodeSettings } from '../settings/settings.ts';
import type { HostNetworking } from './host-networking.ts';

/** What other hosts may ask, where the settings let them: about networks and endpoints, and nothing else. */
export function remoteApi(
  settings: NodeSettings['api'],
  networks: Pick<HostNetworking, 'networking' | 'archetypes'>,
  log: Log,
): SecureServer | undefined {
  const listen = settings && addressPort(settings.listen);
  if (!listen) return undefined;
  const groups = [group(networkRoutes, networks), group(switchRoutes, networks)];
  return new SecureServer({ listen, files: settings, groups, log });
}
