// A node's networks, which it shares with others, as the node has them; a test may kill it at any time:
//   shared-node-process.ts FOLDER SETTINGS OVS
// It answers each line of input, an order, with a line, and at FOLDER/node.sock what comes to its doors.
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { createServer, group, listen } from '../../src/api/server.ts';
import { doorRoutes, doorsOf } from '../../src/doors/doors.ts';
import type { EndpointWish } from '../../src/networks/standard/endpoint.ts';
import type { NetworkWish } from '../../src/networks/standard/network.ts';
import type { SwitchWish } from '../../src/networks/standard/switch.ts';
import type { FrameWish } from '../../src/networks/standard/traffic.ts';
import { openNetworking } from '../../src/node/networking/host-networking.ts';
import { nodeNameOf } from '../../src/node/networking/sharing.ts';
import { Journal } from '../../src/node/services/journal.ts';
import { nodeSettings } from '../../src/node/settings/settings.ts';

export type SharedOrder =
  | { readonly create: NetworkWish; readonly key?: string }
  | { readonly join: EndpointWish; readonly of: string; readonly key?: string }
  | { readonly remove: string; readonly of?: string }
  | { readonly switch: string; readonly wish: SwitchWish }
  | { readonly list: true }
  | { readonly counters: string }
  | { readonly flows: string }
  | { readonly trace: string; readonly frame: FrameWish }
  | { readonly endpoints: string }
  | { readonly read: string; readonly of?: string }
  /** A node that is away and will not come back. */
  | { readonly forget: string }
  | { readonly bonds: true }
  | { readonly stop: true };

const [folder = '', settings = '', ovs = ''] = process.argv.slice(2);
process.env['OVS_RUNDIR'] = ovs;
const log = pino({ level: 'error' }, pino.destination(2));
const said = nodeSettings.parse(JSON.parse(settings));
const networks = await openNetworking({
  stateDir: folder,
  sockets: `${folder}/services`,
  settings: said,
  config: undefined,
  env: process.env,
  journal: new Journal(),
  log,
});
const { networking } = networks;
void networks.start();
await listen(createServer(group(doorRoutes, doorsOf(networking, nodeNameOf(said)))), `${folder}/node.sock`);

async function carryOut(order: SharedOrder): Promise<unknown> {
  if ('create' in order) return networking.networks.create(order.create, order.key);
  if ('join' in order) return networking.endpoints(order.of).create(order.join, order.key);
  if ('switch' in order) return networking.switch(order.switch, order.wish);
  if ('counters' in order) return networking.traffic.counters(order.counters);
  if ('flows' in order) return networking.traffic.flows(order.flows);
  if ('trace' in order) return networking.traffic.trace(order.trace, order.frame);
  if ('list' in order) return networking.networks.list();
  if ('endpoints' in order) return networking.endpoints(order.endpoints).list();
  if ('forget' in order) return networks.members?.remove(order.forget);
  if ('bonds' in order) return networks.bonds.status();
  if ('stop' in order) return networks.stop();
  const resources = order.of === undefined ? networking.networks : networking.endpoints(order.of);
  return 'remove' in order ? resources.delete(order.remove) : resources.read(order.read);
}

process.stdout.write('{}\n');
// Who is killed would leave nothing of it.
flushCompileCache();
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await carryOut(JSON.parse(line)).catch((error) => ({
    error: { code: error.code, message: error.message },
  }));
  process.stdout.write(`${JSON.stringify(answer ?? {})}\n`);
}
