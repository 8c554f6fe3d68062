// A process with the networking services of this host, as the node has them, which a test may kill at any time:
//   networks-process.ts STATE FOLDER [UPLINK]
// It brings about what the state says, and answers each line of input, an order, with a line.
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { archetypes } from '../../src/networks/archetypes.ts';
import { localServices } from '../../src/networks/local-services.ts';
import { ebpf } from '../../src/networks/nve/ebpf/ebpf.ts';
import { NodeEdge } from '../../src/networks/nve/node-edge.ts';
import type { EndpointWish } from '../../src/networks/standard/endpoint.ts';
import type { NetworkWish } from '../../src/networks/standard/network.ts';
import type { SwitchWish } from '../../src/networks/standard/switch.ts';
import { Switcher } from '../../src/networks/switch/switcher.ts';
import { Networking } from '../../src/node/networking/networking.ts';
import { openSqliteManager } from '../../src/state/sqlite-manager.ts';

export type NetworksOrder =
  | { readonly network: NetworkWish }
  | { readonly endpoint: EndpointWish; readonly of: string; readonly archetype: string }
  | { readonly remove: string; readonly archetype: string; readonly of?: string }
  | { readonly update: NetworkWish }
  | { readonly switch: string; readonly wish: SwitchWish }
  | { readonly show: string; readonly of?: string }
  | { readonly counters: string }
  | { readonly look: true };

const [file = '', folder = '', uplink] = process.argv.slice(2);
const folderOf = (name: string) => `${folder}/${name}`;
const edge =
  uplink === undefined
    ? undefined
    : new NodeEdge(
        ebpf.edge({ uplink, folder: folderOf('nve'), programs: folderOf('programs'), options: {} }),
        uplink,
        'ebpf',
      );
const state = openSqliteManager(file);
const services = localServices(archetypes, state, folderOf, { edge });
const all = new Networking(services, services, new Switcher(services, state));

async function carryOut(order: NetworksOrder): Promise<unknown> {
  const service = (archetype: string) => services.get(archetype)!;
  if ('network' in order) return service(order.network.archetype).networks.create(order.network);
  if ('update' in order) {
    const { networks } = service(order.update.archetype);
    return networks.update(order.update, (await networks.read(order.update.name)).revision);
  }
  if ('endpoint' in order) return service(order.archetype).endpoints(order.of).create(order.endpoint);
  if ('remove' in order && order.of !== undefined)
    return service(order.archetype).endpoints(order.of).delete(order.remove);
  if ('remove' in order) return service(order.archetype).networks.delete(order.remove);
  if ('switch' in order) return all.switch(order.switch, order.wish);
  if ('show' in order)
    return order.of === undefined ? all.networks.read(order.show) : all.endpoints(order.of).read(order.show);
  if ('counters' in order) return { counters: await all.traffic.counters(order.counters) };
  for (const one of services.values()) await one.reconcile();
  return {};
}

await carryOut({ look: true });
process.stdout.write('{}\n');
// Who is killed would leave nothing of it.
flushCompileCache();
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await carryOut(JSON.parse(line)).catch((error) => ({
    error: { code: error.code, message: error.message },
  }));
  process.stdout.write(`${JSON.stringify(answer ?? {})}\n`);
}
