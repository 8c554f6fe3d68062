import { inNamespace, type Namespace } from '../ip.ts';
import { listOf } from '../json-of.ts';
import type { NetworkingService } from '../standard/networking-service.ts';
import type { FrameWish, Outlet, Trace } from '../standard/traffic.ts';
import { forwarded, type Route, translated } from './host-way.ts';
import { observeElements } from './observe.ts';
import { type Packet, sendingOf } from './packet.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

/**
 * Where a frame goes: on the bridge, as the service below says, and where it comes to the host, by the host's routes and rules
 * as they are now.
 * @param endpoints those of all networks
 * @throws HeddleError ERR_RESOURCE_INVALID, ERR_RESOURCE_UNKNOWN, ERR_NETWORK
 */
export async function traceOf(
  frame: FrameWish,
  network: IpNetwork,
  endpoints: readonly IpEndpoint[],
  { below, name, host }: { below: NetworkingService; name: string; host: Namespace },
): Promise<Trace> {
  const own = endpoints.filter((endpoint) => endpoint.network === network.name);
  const { packet, next, etherType, step } = sendingOf(frame, network, own);
  const source = frame.sourceMac ?? own.find((one) => one.name === frame.from)?.mac ?? '';
  if (next === undefined)
    return { source, destination: '', etherType, steps: [step], outcome: 'dropped', to: [] };
  const { from, sourceMac } = frame;
  const switched = await below.traffic.trace(name, {
    from,
    to: next,
    etherType,
    ...(sourceMac !== undefined && { sourceMac }),
  });
  const steps = [step, ...switched.steps];
  const [only, ...more] = switched.to;
  if (!packet || switched.outcome !== 'delivered' || only?.kind !== 'host' || more.length > 0)
    return { ...switched, steps };
  const bridge = only.name;
  const elements = await observeElements(host);
  const first = await routeOf(host, packet, bridge);
  const addresses = network.options.subnets.flatMap(({ gateway }) => gateway ?? []);
  const meant = translated(packet, { bridge, addresses }, first, elements);
  const untilNow = [...steps, ...meant.steps];
  if (meant.end) return { ...switched, ...meant.end, steps: untilNow };
  const route = meant.isPublished ? await routeOf(host, meant.packet, bridge) : first;
  if (!route) {
    const lost = {
      place: 'host',
      at: 'route',
      rule: 'none',
      effect: 'dropped: the host has no route',
    } as const;
    return { ...switched, steps: [...untilNow, lost], outcome: 'dropped', to: [] };
  }
  const { steps: last, ...end } = forwarded(
    meant,
    bridge,
    route,
    elements,
    receiverOf(meant.packet, endpoints),
  );
  return { ...switched, ...end, steps: [...untilNow, ...last] };
}

function receiverOf({ destination }: Packet, endpoints: readonly IpEndpoint[]): Outlet | undefined {
  const owner = endpoints.find(({ options }) => options.addresses.includes(destination));
  return owner && { kind: 'endpoint', name: `${owner.network}/${owner.name}` };
}

interface Found {
  readonly type?: string;
  readonly dev?: string;
  readonly gateway?: string;
}

/** Where the kernel would send a packet that came in through a bridge; nowhere: it has no route. */
async function routeOf(
  host: Namespace,
  { source, destination }: Packet,
  bridge: string,
): Promise<Route | undefined> {
  const asked = ['ip', '-j', 'route', 'get', destination, 'from', source, 'iif', bridge] as const;
  let text: string;
  try {
    text = await inNamespace(host, asked);
  } catch (error) {
    // The kernel's answer, or a packet that it takes for forged.
    if (/RTNETLINK answers/.test(String(error))) return undefined;
    throw error;
  }
  const [found] = listOf<Found>(text);
  if (found?.dev === undefined) return undefined;
  const { type = 'unicast', dev, gateway } = found;
  const via = gateway === undefined ? '' : ` via ${gateway}`;
  return { device: dev, isLocal: type === 'local', rule: `${type} ${destination}${via} dev ${dev}` };
}
