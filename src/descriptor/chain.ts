import type { FunctionHooks } from './function-hooks.ts';

/** Traffic between two ends, and the network functions that it has to pass. */
export interface Chain {
  readonly name: string;
  /** A service, the key of a network, or `outside`. */
  readonly from: string;
  readonly to: string;
  /** Of the `to` end; empty: everything between the ends. */
  readonly ports: readonly PortMatch[];
  /** In the order in which traffic passes them on its way from the one end to the other. */
  readonly through: readonly ChainEntry[];
  readonly onFailure: 'closed' | 'open';
}

/** The name of a service that is a function, or a catalogue feature with its unchecked parameters. */
export type ChainEntry =
  | string
  | { readonly feature: string; readonly parameters: Readonly<Record<string, unknown>> };

/** `from`–`to`, 1–65535. */
export interface PortMatch {
  readonly protocol: 'tcp' | 'udp';
  readonly from: number;
  readonly to: number;
}

/** That a service is a network function. */
export interface NetworkFunction {
  /** `wire`: hands on what comes in at one end at the other. `route`: the kernel forwards IP in its namespace. `proxy`: ends connections. */
  readonly mode: 'wire' | 'route' | 'proxy';
  /** Of a proxy: the port of TCP at which its program listens. */
  readonly port?: number;
  /** `service`: its own pods, shared by all that is led through it. `replica`: one beside each pod that is led. */
  readonly per: 'service' | 'replica';
  /** What a proof packet may be so that it is let pass. */
  readonly probe: readonly Probe[];
  /** How its own manager is called; absent: it has none. */
  readonly hooks?: FunctionHooks;
  /** Milliseconds that flows may go on with an instance that goes; absent: a minute. */
  readonly drain?: number;
  /** A new version stands beside the one before, and is proven, before it takes flows. Absent: it takes its place. */
  readonly order?: 'start-first';
}

export type Probe =
  | { readonly protocol: 'icmp' }
  | { readonly protocol: 'tcp' | 'udp'; readonly port: number };
