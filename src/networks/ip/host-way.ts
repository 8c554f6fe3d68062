import type { Outlet, Trace, TraceStep } from '../standard/traffic.ts';
import type { Packet } from './packet.ts';
import { type Prefix, prefixOf } from './prefix.ts';
import { rule } from './rules.ts';
import { isIn } from './subnets.ts';

// What this host does with a packet that an endpoint gives it, by the elements that its table has. Pure.

/** Where the kernel would send a packet; absent: nowhere. */
export interface Route {
  readonly device: string;
  readonly isLocal: boolean;
  /** As the kernel has it, or why it has none. */
  readonly rule: string;
}

export interface Translated {
  readonly packet: Packet;
  readonly steps: readonly TraceStep[];
  readonly isPublished: boolean;
  /** Where its way ends already. */
  readonly end?: End;
}

export interface End {
  readonly outcome: Trace['outcome'];
  readonly to: readonly Outlet[];
}

const dropped: End = { outcome: 'dropped', to: [] };

/** The bridge that a packet came in through, and the addresses that this host has there. */
export interface Entrance {
  readonly bridge: string;
  readonly addresses: readonly string[];
}

/** Whether a published port is meant, and where that leads. `route`: to where it is addressed. */
export function translated(
  packet: Packet,
  { bridge, addresses }: Entrance,
  route: Route | undefined,
  elements: ReadonlySet<string>,
): Translated {
  const is4 = !packet.destination.includes(':');
  if (is4 && packet.destination.startsWith('127.'))
    return {
      packet,
      steps: [step('chain loopback', rule.noLoopback, 'dropped')],
      isPublished: false,
      end: dropped,
    };
  if (!route?.isLocal) return { packet, steps: [], isPublished: false };
  const family = is4 ? '4' : '6';
  const key = `${packet.protocol} ${packet.port ?? ''} `;
  const [found] = [`at${family} ${packet.destination} ${key}`, `ports${family} ${key}`].flatMap((prefix) =>
    [...elements].filter((element) => element.startsWith(prefix)),
  );
  if (found === undefined && isNameOfOthers(packet, addresses, elements))
    return {
      packet,
      steps: [step('chain names', rule.ownNames(is4 ? 4 : 6), 'dropped')],
      isPublished: false,
      end: dropped,
    };
  if (found === undefined)
    return {
      packet,
      steps: [step('input', route.rule, 'to this host')],
      isPublished: false,
      end: { outcome: 'delivered', to: [{ kind: 'host', name: bridge }] },
    };
  const [to = '', port = ''] = found.split(' ').slice(-2);
  return {
    packet: { ...packet, destination: to, port: Number(port) },
    steps: [step('chain published', `map ${found}`, `to ${to} port ${port}`)],
    isPublished: true,
  };
}

/** Whether the name server of another network is asked. */
function isNameOfOthers(
  { destination, protocol, port }: Packet,
  addresses: readonly string[],
  elements: ReadonlySet<string>,
): boolean {
  const family = destination.includes(':') ? 6 : 4;
  if (!['tcp', 'udp'].includes(protocol) || port !== 53) return false;
  return elements.has(`served${family} ${destination}`) && !addresses.includes(destination);
}

/** Whether it is forwarded, and as whose. `receiver`: who has the address. */
export function forwarded(
  { packet, isPublished }: Translated,
  bridge: string,
  route: Route,
  elements: ReadonlySet<string>,
  receiver: Outlet | undefined,
): End & { readonly steps: readonly TraceStep[] } {
  const { device } = route;
  const has = (container: string, ...key: string[]) => elements.has([container, ...key].join(' '));
  const routed = step('route', route.rule, `through ${device}`);
  const isOwn = has('bridges', device);
  const isInside = isWithin(packet, elements);
  const verdict = (): readonly [rule: string, effect: 'accepted' | 'dropped'] => {
    if (has('same', bridge, device)) return [rule.same, 'accepted'];
    if (isInside) return [rule.within(packet.source.includes(':') ? 6 : 4), 'accepted'];
    if (has('internal', bridge)) return [rule.fromInternal, 'dropped'];
    if (has('internal', device)) return [rule.toInternal, 'dropped'];
    if (isOwn && isPublished) return [rule.published, 'accepted'];
    if (isOwn) return [rule.toOthers, 'dropped'];
    return ['policy accept', 'accepted'];
  };
  const [decided, effect] = verdict();
  const steps = [routed, step('chain forward', decided, effect)];
  if (effect === 'dropped') return { ...dropped, steps };
  const masked = isInside && !isOwn ? undefined : masquerade(packet, isOwn, isPublished, elements);
  if (masked !== undefined)
    steps.push(step('chain leaving', masked, `with the address of ${device} as its source`));
  if (!isOwn) return { outcome: 'leaves', to: [{ kind: 'interface', name: device }], steps };
  if (receiver) return { outcome: 'delivered', to: [receiver], steps };
  return {
    ...dropped,
    steps: [...steps, step(`bridge ${device}`, 'no neighbour', `dropped: nobody has ${packet.destination}`)],
  };
}

/** Whether both are on one network that is on other hosts as well. */
function isWithin({ source, destination }: Packet, elements: ReadonlySet<string>): boolean {
  const family = source.includes(':') ? 6 : 4;
  return subnetsIn(elements, family, 'within').some(
    (prefix) => isIn(source, prefix) && isIn(destination, prefix),
  );
}

function masquerade(
  { source }: Packet,
  isOwn: boolean,
  isPublished: boolean,
  elements: ReadonlySet<string>,
): string | undefined {
  const family = source.includes(':') ? 6 : 4;
  if (!subnetsIn(elements, family).some((prefix) => isIn(source, prefix))) return undefined;
  if (!isOwn) return rule.masquerade(family);
  return isPublished ? rule.masquerade(family, 'published') : undefined;
}

function subnetsIn(
  elements: ReadonlySet<string>,
  family: 4 | 6,
  set: 'subnets' | 'within' = 'subnets',
): Prefix[] {
  return [...elements].flatMap((element) => {
    const [container, address, length] = element.split(' ');
    return container === `${set}${family}` ? [prefixOf(`${address}/${length}`)] : [];
  });
}

function step(at: string, decides: string, effect: string): TraceStep {
  return { place: 'host', at, rule: decides, effect };
}
