import type { EdgePort, EdgeService } from '../model/model.ts';
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

/** Whether a service asks for one of its ports at the gateways' addresses. */
export function asksAtGateways({ steer }: Pick<EdgeService, 'steer'>, port: EdgePort): boolean {
  return steer === 'gateway' && isCarried(port);
}

/** Whether it asks for it at the proxies of nodes. */
export function asksAtNodes(port: EdgePort): boolean {
  return port.protocol === 'tcp';
}

/** What a service asks for that another may want as well. */
export function wishesOf(service: Pick<EdgeService, 'name' | 'steer' | 'ports'>): Wish[] {
  const wishes = new Map<string, Wish>();
  const ask = (resource: string, isShared: boolean) => {
    // One that asks for a port twice, as HTTP and as it is, asks for it alone.
    const before = wishes.get(resource)?.isShared ?? true;
    wishes.set(resource, { resource, isShared: isShared && before });
  };
  ask(nameOf(service.name), false);
  for (const port of service.ports) {
    if (asksAtGateways(service, port)) ask(gatewayPort(port), isShared(port));
    if (asksAtNodes(port)) ask(nodePort(port), isShared(port));
  }
  return [...wishes.values()];
}
