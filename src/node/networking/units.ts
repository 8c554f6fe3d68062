import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { NetworkingClient } from '../../api/networking-client.ts';
import { networkRoutes } from '../../api/routes/networks.ts';
import { createServer, group, listen } from '../../api/server.ts';
import { SocketTransport } from '../../api/socket-transport.ts';
import { packageRoot } from '../../lib/package-root.ts';
import type { Archetype } from '../../networks/standard/archetype.ts';
import { describeArchetype } from '../../networks/standard/archetype-description.ts';
import type { ArchetypeService } from '../../networks/standard/service.ts';
import { OwnProcess } from '../services/own-process.ts';
import { SharedProcess } from '../services/shared-process.ts';
import type { Unit } from '../services/unit.ts';
import { serviceSocket } from './service-files.ts';
import type { ServicesContext } from './services-context.ts';

/** The services that the settings want in processes of their own. */
export function ownProcesses(
  archetypes: readonly Archetype[],
  context: ServicesContext,
): ReadonlyMap<string, OwnProcess> {
  const { services } = context.settings;
  const own = archetypes.filter(({ name }) => services[name]?.process === 'own');
  return new Map(own.map(({ name }) => [name, ownProcess(name, context)]));
}

function ownProcess(
  name: string,
  { stateDir, sockets, config, env, log, journal }: ServicesContext,
): OwnProcess {
  const launcher = path.join(packageRoot, 'bin', 'heddle');
  const places = ['--state-dir', stateDir, '--sockets', sockets];
  const settings = config === undefined ? [] : ['--config', config];
  return new OwnProcess({
    name,
    command: [launcher, 'node', 'service', name, '--attached', ...places, ...settings],
    env,
    client: new NetworkingClient(new SocketTransport(serviceSocket(sockets, name))),
    written: (line) => journal.pass(name, line),
    log,
  });
}

/** A service in this process. Those in processes of their own that use it find it at its socket. */
export function sharedProcess(
  archetype: Archetype,
  service: ArchetypeService,
  own: ReadonlyMap<string, unknown>,
  { sockets, settings }: ServicesContext,
): Unit {
  const { name } = archetype;
  // Those that use it may use it through others.
  const isFound = own.size > 0 && settings.services[name]?.process !== 'own';
  if (!isFound) return new SharedProcess(name, service);
  const host = { networking: service, archetypes: () => [describeArchetype(archetype)] };
  const server = createServer(group(networkRoutes, host));
  const socket = serviceSocket(sockets, name);
  return new SharedProcess(name, service, {
    start: async () => {
      mkdirSync(sockets, { recursive: true, mode: 0o700 });
      await listen(server, socket);
    },
    stop: async () => {
      await server.close();
      rmSync(socket, { force: true });
    },
  });
}
