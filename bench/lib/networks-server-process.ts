// A process with the networks of a host and their API, as the node has them, without a container engine:
//   networks-server-process.ts STATE SOCKET
import { networkRoutes } from '../../src/api/routes/networks.ts';
import { createServer, group, listen } from '../../src/api/server.ts';
import { createLog } from '../../src/lib/log.ts';
import { openNetworking } from '../../src/node/networking/host-networking.ts';
import { Journal } from '../../src/node/services/journal.ts';
import { nodeSettings } from '../../src/node/settings/settings.ts';

const [stateDir = '', socket = ''] = process.argv.slice(2);
const networks = await openNetworking({
  stateDir,
  sockets: `${stateDir}/services`,
  settings: nodeSettings.parse({}),
  config: undefined,
  env: process.env,
  journal: new Journal(),
  log: createLog(),
});
const server = createServer(
  group(networkRoutes, { networking: networks.networking, archetypes: networks.archetypes }),
);
await listen(server, socket);
await networks.start();
console.log('listening');
