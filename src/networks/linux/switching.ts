import { isForMany } from '../standard/target.ts';
import type { Outlet, Trace, TraceStep } from '../standard/traffic.ts';

// What a switch that learns does with a frame (IEEE 802.1Q, 8.6), by what it has learned. Pure.

export interface SwitchPort {
  readonly interface: string;
  /** Absent: nobody’s who is known, such as a function that traffic is led through. */
  readonly endpoint?: string;
  readonly isOpen: boolean;
  readonly isolated: boolean;
  readonly hairpin: boolean;
}

export interface LearningSwitch {
  /** What it is called on this host, which is also the host's own port. */
  readonly name: string;
  readonly ports: readonly SwitchPort[];
  /** At which interface a MAC address is, and what says so. */
  readonly stations: ReadonlyMap<string, Station>;
}

export interface Station {
  readonly interface: string;
  readonly rule: string;
}

export interface Switched {
  readonly step: TraceStep;
  readonly outcome: Exclude<Trace['outcome'], 'leaves'>;
  readonly to: readonly Outlet[];
}

/** `from`: the endpoint; one that is led comes in at a port that nobody is known by. */
export function switched(
  { name, ports, stations }: LearningSwitch,
  from: string,
  destination: string,
): Switched {
  const at = `switch ${name}`;
  const own = ports.find(({ endpoint }) => endpoint === from);
  const decided = (
    rule: string,
    outcome: Switched['outcome'],
    to: readonly Outlet[],
    effect: string,
  ): Switched => ({ step: { place: 'switch', at, rule, effect }, outcome, to });
  const dropped = (rule: string, why: string) => decided(rule, 'dropped', [], `dropped: ${why}`);
  if (own && !own.isOpen) return dropped(`port ${own.interface} shut`, 'the port does not forward');
  if (/^01:80:c2:00:00:0/.test(destination))
    return dropped('IEEE 802.1Q, 8.6.3', 'it is between neighbouring bridges only');
  const refusal = (port: SwitchPort): string | undefined => {
    if (!port.isOpen) return `port ${port.interface} does not forward`;
    if (port === own && !port.hairpin) return 'it is where it came from';
    if (port !== own && port.isolated && own?.isolated === true) return 'both ports are isolated';
    return undefined;
  };
  const station = stations.get(destination);
  if (isForMany(destination) || !station) {
    const to = [...ports.filter((port) => refusal(port) === undefined).map(outletOf), host(name)];
    const rule = station || isForMany(destination) ? 'for many' : `${destination}: not learned`;
    return decided(rule, 'flooded', to, 'to all ports but its own');
  }
  if (station.interface === name) return decided(station.rule, 'delivered', [host(name)], 'to this host');
  const port = ports.find((one) => one.interface === station.interface);
  const why = port ? refusal(port) : `there is no port ${station.interface}`;
  if (!port || why !== undefined) return dropped(station.rule, why ?? '');
  const outlet = outletOf(port);
  return decided(station.rule, 'delivered', [outlet], `out at ${port.interface}, to ${outlet.name}`);
}

function outletOf({ interface: name, endpoint }: SwitchPort): Outlet {
  if (endpoint !== undefined) return { kind: 'endpoint', name: endpoint };
  // Ports of the edge are called by their VLAN ids.
  return /^hv\d+$/.test(name) ? { kind: 'edge', name } : { kind: 'interface', name };
}

function host(name: string): Outlet {
  return { kind: 'host', name };
}
