import { mkdirSync, rmSync } from 'node:fs';
import { NetworkingClient } from '../../api/networking-client.ts';
import { networkRoutes } from '../../api/routes/networks.ts';
import { createServer, group, listen } from '../../api/server.ts';
import { SocketTransport } from '../../api/socket-transport.ts';
import { endAll } from '../../lib/end-all.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { sharedPrefixes } from '../../networks/dispatch/around.ts';
import { describeArchetype } from '../../networks/standard/archetype-description.ts';
import { registryOf } from '../../networks/standard/registry.ts';
import { ArchetypeService } from '../../networks/standard/service.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { EdgeBefore } from './edge-before.ts';
import { Look } from './look.ts';
import { openEdge } from './open-edge.ts';
import { programFolder } from './program-folder.ts';
import { serviceSocket, stateFile } from './service-files.ts';
import { nodeNameOf, openShared, underlaysOf } from './sharing.ts';

export interface ServiceOptions {
  readonly archetype: string;
  readonly stateDir: string;
  /** Where services listen, each at `NAME.sock`, and where those are found that this one uses. */
  readonly sockets: string;
  readonly settings: NodeSettings;
  readonly log: Log;
}

/**
 * One networking service in a process of its own, at a Unix socket: when it crashes, the others go on.
 * @throws HeddleError ERR_ARCHETYPE_UNKNOWN, ERR_NODE_RUNNING, ERR_STATE
 */
export async function runService({ archetype: name, stateDir, sockets, settings, log }: ServiceOptions) {
  const archetype = archetypes.find((one) => one.name === name);
  if (!archetype) {
    const there = archetypes.map((one) => one.name).join(', ');
    throw new HeddleError('ERR_ARCHETYPE_UNKNOWN', `archetype ${JSON.stringify(name)}: there are ${there}`);
  }
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const state = openSqliteManager(stateFile(stateDir, name));
  const shared = await openShared(settings);
  const before = new EdgeBefore(settings.edge, stateDir);
  const edge = openEdge(settings, stateDir, () => before.leave());
  const underlays = underlaysOf(settings, shared, edge, log);
  const socketOf = (one: string) => serviceSocket(sockets, one);
  const context = {
    service: (one: string) => new NetworkingClient(new SocketTransport(socketOf(one))),
    folder: programFolder(stateDir, name),
    edge,
    routing: settings.routing,
    node: nodeNameOf(settings),
    registry: registryOf(shared ?? state, name),
    ...(shared && { reserved: () => sharedPrefixes(shared, archetypes) }),
  };
  const service = new ArchetypeService(archetype, state, context, { among: archetypes });
  const look = new Look(new Map([[name, service]]), log, { programs: settings.edge?.programs });
  const server = createServer(
    group(networkRoutes, { networking: service, archetypes: () => [describeArchetype(archetype)] }),
  );
  mkdirSync(sockets, { recursive: true, mode: 0o700 });
  await listen(server, socketOf(name));
  underlays?.start();
  look.start();
  log.info({ service: name, socket: socketOf(name) }, 'the networking service is ready');
  return {
    stop: () =>
      endAll([
        { what: 'the look at underlays', end: () => underlays?.stop() },
        { what: 'the look at networks', end: () => look.stop() },
        { what: 'the API', end: () => server.close() },
        { what: 'the service', end: () => service.close() },
        { what: 'its state', end: () => state.close() },
        { what: 'the state of all nodes', end: () => shared?.close() },
        { what: 'the socket', end: () => rmSync(socketOf(name), { force: true }) },
      ]),
  };
}
