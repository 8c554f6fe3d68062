import type { PortMatch, Probe } from '../../descriptor/chain.ts';
import type * as z from '../../lib/zod.ts';
import type { Namespace } from '../ip.ts';
import type { Leg } from './leg.ts';

/** Where a function's configuration is found in its agent. */
export const configurationFolder = '/run/heddle';

/**
 * A kind of function that can stand in the path of a pod's traffic. Nothing outside of its directory knows what it does with
 * the traffic.
 */
export interface FunctionKind<Settings> {
  /** What settings have to be in a specification. */
  readonly schema: z.ZodType<Settings>;
  /** Turns what was written under the feature into settings, and says what is wrong with it. Pure. */
  read(written: Readonly<Record<string, unknown>>, service: Surroundings): Reading<Settings>;
  /** Whom it has to know by their addresses. Pure. */
  knows(settings: Settings): Acquaintance;
  /** Whether the kernel forwards between its interfaces, and not a bridge: it stands in chains alone, where ARP passes beside it. */
  readonly isRouted?: true;
  /** What of its settings a chain cannot do. Absent: it fits each. Pure. */
  unfitFor?(settings: Settings, chain: ChainAround): Problem[];
  /** What a probe may be so that it lets it pass, at the pod that is that end of a chain. Empty, or absent: anything. Pure. */
  probes?(settings: Settings, side: 'from' | 'to'): readonly Probe[];
  /** What it has to be told before traffic passes it. Absent: it only looks, and everything passes, whether it runs or not. */
  readonly configuration?: Configuration<Settings>;
}

interface Configuration<Settings> {
  /**
   * Its files, by name, for where the function stands now. `digest`: what all that is made from, to be found again by
   * `observe`. Pure.
   */
  render(settings: Settings, legs: readonly Leg[], digest: string): Readonly<Record<string, string>>;
  /** What its agent runs to take the files on, all or nothing. */
  readonly apply: readonly string[];
  /** The digest of what is in force in a namespace, read from the kernel; nothing: nothing is, and everything passes. */
  observe(namespace: Namespace): Promise<string | undefined>;
}

/** The service whose traffic passes a function, as far as settings may follow from it. */
export interface Surroundings {
  /** Ports inside the service that are published on the host. */
  readonly published: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp' | 'sctp' }[];
  /** Ports that are offered to the other services, as written: `53/udp`. */
  readonly exposed: readonly string[];
  /** Services that share a network with it. */
  readonly neighbours: readonly string[];
}

/** The chain that a function is to stand in. */
export interface ChainAround {
  /** Empty: everything between its ends. */
  readonly ports: readonly PortMatch[];
  /** The service at whose pods it is enforced. */
  readonly led: string;
  /** Whether that opens the connections. */
  readonly isAtFrom: boolean;
  readonly isFromOutside: boolean;
}

export interface Reading<Settings> {
  readonly settings: Settings;
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** Below the feature. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Others whose addresses a function's configuration depends on. */
export interface Acquaintance {
  readonly services: readonly string[];
  /** In CIDR notation: whoever is in one. */
  readonly networks: readonly string[];
}
