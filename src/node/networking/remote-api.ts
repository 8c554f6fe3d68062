import type { NodeService } from '../../api/node-service.ts';
import { applicationRoutes } from '../../api/routes/applications.ts';
import { chainRoutes } from '../../api/routes/chains.ts';
import { containerRoutes } from '../../api/routes/containers.ts';
import { handlingRoutes } from '../../api/routes/handling.ts';
import { usedImageRoutes } from '../../api/routes/images.ts';
import { jobRoutes } from '../../api/routes/jobs.ts';
import { measuringRoutes } from '../../api/routes/measuring.ts';
import { networkRoutes, switchRoutes } from '../../api/routes/networks.ts';
import { inspectRoutes } from '../../api/routes/node.ts';
import { SecureServer } from '../../api/secure-server.ts';
import { group } from '../../api/server.ts';
import { addressPort } from '../../lib/address-port.ts';
import type { Log } from '../../lib/log.ts';
import type { NodeSettings } from '../settings/settings.ts';
import type { HostNetworking } from './host-networking.ts';

/** Bytes of a specification, with what goes with it: one of a thousand services has some ten million. */
const specificationLimit = 16 << 20;

/**
 * What other hosts may ask, where the settings let them: about networks and endpoints, and other nodes about applications besides.
 * `own`: what this node does itself, and asks no other for.
 */
export function remoteApi(
  settings: NodeSettings['api'],
  networks: Pick<HostNetworking, 'networking' | 'archetypes'>,
  own: NodeService,
  log: Log,
): SecureServer | undefined {
  const listen = settings && addressPort(settings.listen);
  if (!listen) return undefined;
  const groups = [group(networkRoutes, networks), group(switchRoutes, networks)];
  const others = [
    ...chainRoutes,
    ...containerRoutes,
    ...handlingRoutes,
    ...jobRoutes,
    ...usedImageRoutes,
    ...inspectRoutes,
    ...measuringRoutes,
  ];
  const ofNodes = [group(applicationRoutes, own, specificationLimit), group(others, own)];
  return new SecureServer({ listen, files: settings, groups, ofNodes, log });
}
