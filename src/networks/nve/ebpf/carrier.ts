import type { Link } from '../../ip.ts';
import type { IngressPort, Underlay } from '../edge.ts';

/** How an edge by programs in the kernel gets frames from host to host. */
export interface Carrier {
  /** Its programs: dataplane/NAME.bpf.c. */
  readonly program: string;
  /** Bytes that it adds to a frame and the MTU of the uplink counts. */
  readonly overhead: number;
  /** Interfaces that wrap frames, one for each network. Without, a network's id is a tag on the uplink. */
  readonly tunnels?: Tunnels;
}

export interface Tunnels {
  /** Lines for `ip -batch` that make the host's tunnels those of the ports; none when they are. */
  changes(ports: readonly IngressPort[], links: readonly Link[], uplink: Link): Promise<string[]>;
  /** Keeps everybody but the other hosts out of them, before they are there. */
  guard(ports: readonly IngressPort[], uplink: Link): Promise<void>;
  /** Sees to it that they lead to the other hosts. */
  lead(ports: readonly IngressPort[]): Promise<void>;
  /** Where the other hosts are, for what is led from then on. */
  meet(hosts: readonly Underlay[]): void;
  /** Where others find this host. */
  underlay(uplink: string): Promise<Underlay>;
}
