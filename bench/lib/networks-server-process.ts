// A process with the networks of a host and their API, as the node has them, without a container engine:
//   networks-server-process.ts STATE SOCKET
import { networkRoutes } from '../../src/api/routes/networks.ts';
import { createServer, group, listen } from '../../src/api/server.ts';
import { createLog } from '../../src/lib/log.ts';
import { openNetworking } from '../../src/node/networking/host-networking.ts';
import { nodeSettings } from '../../src/node/settings/settings.ts';

const [stateDir = '', socket = ''] = process.argv.slice(2);
const networks = await openNetworking(stateDir, nodeSettings.parse({}), createLog());
const server = createServer(
  group(networkRoutes, { networking: networks.networking, archetypes: networks.archetypes }),
);
await listen(server, socket);
networks.start();
console.log('listening');
