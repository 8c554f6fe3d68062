import type { EdgePort, EdgeService } from '../model.ts';
import type { Wish } from './holders.ts';

export const nameOf = (name: string) => `name ${name}`;
export const portText = ({ port, protocol }: Pick<EdgePort, 'port' | 'protocol'>) => `${port}/${protocol}`;
/** The gateways' shared addresses have one of each. */
export const gatewayPort = (port: EdgePort) => `port ${portText(port)}`;
/** So have the proxies of nodes, which lead to every service. */
export const nodePort = (port: EdgePort) => `node port ${portText(port)}`;

/** Of HTTP there are many services behind a port, which are told apart by host and path. */
const isShared = ({ application }: EdgePort) => application === 'http';
/** A proxy of a node carries TCP; what HTTP over UDP would be, nothing carries. */
const isCarried = (port: EdgePort) => port.protocol === 'tcp' || port.application === 'stream';

/** What a service asks for that another may want as well. */
export function wishesOf({ name, steer, ports }: Pick<EdgeService, 'name' | 'steer' | 'ports'>): Wish[] {
  const carried = ports.filter(isCarried);
  const atGateways = steer === 'gateway' ? carried : [];
  const atNodes = carried.filter(({ protocol }) => protocol === 'tcp');
  const wishes = [
    { resource: nameOf(name), isShared: false },
    ...atGateways.map((port) => ({ resource: gatewayPort(port), isShared: isShared(port) })),
    ...atNodes.map((port) => ({ resource: nodePort(port), isShared: isShared(port) })),
  ];
  // One that asks for a port twice, as HTTP and as it is, asks for it alone.
  return [...Map.groupBy(wishes, ({ resource }) => resource)].map(([resource, all]) => ({
    resource,
    isShared: all.every((one) => one.isShared),
  }));
}
