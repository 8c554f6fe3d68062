import type * as z from '../../lib/zod.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { NodeEdge } from '../nve/node-edge.ts';
import type { RoutingSettings } from '../routed/settings.ts';
import type { Directory } from './directory.ts';
import type { Attachment, Endpoint } from './endpoint.ts';
import type { Network } from './network.ts';
import type { NetworkingService } from './networking-service.ts';
import type { FrameWish, NetworkCounters, NetworkFlow, Trace, TrafficRead } from './traffic.ts';

/**
 * A kind of network. What decides is pure and stands here; what makes things so is the driver, whose methods may be called
 * again at any time, after a kill at any step: each brings about what is wanted from whatever it finds.
 */
export interface TypedArchetype<NetworkOptions, EndpointOptions> {
  readonly name: string;
  /** In a line, for lists. */
  readonly summary: string;
  /** Archetypes whose services its driver asks for networks and endpoints. */
  readonly uses: readonly string[];
  /** What endpoints may give access to. */
  readonly attachments: readonly Attachment['kind'][];
  /** Whether its endpoints have IP addresses: what looks into IP packets makes sense on no other. */
  readonly carriesIp: boolean;
  /** Whether nobody on the way can read what endpoints say to each other over TCP. */
  readonly encrypts?: boolean;
  /** Whether its networks are between hosts by themselves: they have no VLAN id, and no edge joins them. Default: no. */
  readonly spansHosts?: boolean;
  /**
   * Why no function can stand in the path of an endpoint on a network with these options, as a clause after “whose”. Pure.
   * Absent, or nothing: one can, and whoever it knows on the network speaks as no other there.
   */
  whyNotLed?(options: NetworkOptions): string | undefined;
  /**
   * Which network of a service that it uses has the links of one of its own. Absent: it makes links by itself. So a network
   * can become another archetype's while its endpoints stay as they are.
   */
  readonly access?: Access;
  /**
   * What a network has besides options and links, and loses in becoming another archetype's: in words. Pure. Absent, or
   * nothing: it loses nothing else.
   */
  lost?(network: As<Settled<Network>, NetworkOptions>, observed: Observed): string | undefined;
  /** What is to be read of the traffic on its networks: what its driver has methods for. */
  readonly traffic?: readonly TrafficRead[];
  /** Options of its networks that mean nothing to any other archetype: a network that becomes another's loses nothing by them. */
  readonly ownOptions?: readonly string[];
  /** What it takes besides what all take; what they give is JSON, and passes them again unchanged. */
  readonly networkOptions: z.ZodType<NetworkOptions>;
  readonly endpointOptions: z.ZodType<EndpointOptions>;

  /**
   * What a network will be: what was said, and what the archetype chooses where nothing was. Pure. `before`: what it is so
   * far, when it changes; `others`: all other networks of the archetype.
   * @throws HeddleError when it cannot be
   */
  settleNetwork?(
    wish: As<Settled<Network>, NetworkOptions>,
    others: readonly As<Settled<Network>, NetworkOptions>[],
    taken: readonly Taken[],
    before?: As<Settled<Network>, NetworkOptions>,
  ): NetworkOptions;
  /** The same of an endpoint; `others`: those of its network; `held`: what its driver said. */
  settleEndpoint?(
    wish: As<Settled<Endpoint>, EndpointOptions>,
    network: As<Settled<Network>, NetworkOptions>,
    others: readonly As<Settled<Endpoint>, EndpointOptions>[],
    before?: As<Settled<Endpoint>, EndpointOptions>,
    held?: ReadonlySet<string>,
  ): EndpointOptions;

  /** What is different where several nodes share networks. */
  readonly shared?: SharedChoices<NetworkOptions, EndpointOptions>;

  /**
   * What somebody has on this host, whichever process its service runs in, that an endpoint with these options is not to choose: in its
   * words, ports. Archetypes above it ask it as well. Absent: its endpoints choose nothing of the host's.
   */
  heldOnHost?(options: EndpointOptions): Promise<ReadonlySet<string>>;

  /** Who is known on a network by a title, from its registry. Absent: nobody is. */
  directory?(registry: StateManager, network: string): Promise<Directory>;
  /** Has its registry forget a node that left, or will not come back. Absent: nothing there is any node's. */
  forgetNode?(registry: StateManager, node: string): Promise<void>;

  driver(context: DriverContext): TypedDriver<NetworkOptions, EndpointOptions>;
}

export interface Access {
  readonly archetype: string;
  /** Its name there, by its name here. */
  name(network: string): string;
}

/** All of it is pure. */
export interface SharedChoices<NetworkOptions, EndpointOptions>
  extends Pick<
    // What archetypes that it uses choose on a single node, and what has to be the same on each of several.
    TypedArchetype<NetworkOptions, EndpointOptions>,
    'settleNetwork' | 'settleEndpoint'
  > {
  /** What a network is told on one node, by the endpoint that the node itself has on it. Absent: nodes have none. */
  forNode?(
    network: As<Settled<Network>, NetworkOptions>,
    node: As<Settled<Endpoint>, EndpointOptions>,
  ): NetworkOptions;
  /**
   * Options for which an endpoint chooses something of its host, as the archetype below takes them that has `heldOnHost`: the node is
   * asked before what somebody has there. Nothing: it chooses nothing.
   */
  choosesOnHost?(options: EndpointOptions): Observed | undefined;
  /** Prefixes of addresses that a network has, and no other may. */
  prefixes?(network: As<Settled<Network>, NetworkOptions>): readonly string[];
}

/** A prefix of addresses that somebody has. */
export interface Taken {
  readonly prefix: string;
  /** Who, in words: `network lab`, `a route through eth0`. */
  readonly by: string;
  /** It is not on this host: nothing is chosen from it, and who asks for it may have it. */
  readonly isReserved?: boolean;
}

export interface TypedDriver<NetworkOptions, EndpointOptions> {
  /**
   * @param endpoints those that it has, which follow what changes
   * @returns what is there of it, for `status.observed`
   */
  applyNetwork(
    network: As<Settled<Network>, NetworkOptions>,
    endpoints: readonly As<Settled<Endpoint>, EndpointOptions>[],
  ): Promise<Observed>;
  /** Removes what is left of it; its endpoints are gone. */
  removeNetwork(network: As<Settled<Network>, NetworkOptions>): Promise<void>;
  /**
   * What there still is of a network that was removed, since whoever has it does not run, in words; it is removed again later on.
   * Absent, or nothing: all is gone.
   */
  owed?(network: As<Settled<Network>, NetworkOptions>): Promise<string | undefined>;
  applyEndpoint(
    endpoint: As<Settled<Endpoint>, EndpointOptions>,
    network: As<Settled<Network>, NetworkOptions>,
  ): Promise<Observed>;
  removeEndpoint(
    endpoint: As<Settled<Endpoint>, EndpointOptions>,
    network: As<Settled<Network>, NetworkOptions>,
  ): Promise<void>;
  /**
   * Takes away what it has of a network that is another archetype's by now, and leaves the links alone. Absent: it has
   * nothing else. `observed`: what there was of it.
   */
  leaveNetwork?(
    network: As<Settled<Network>, NetworkOptions>,
    endpoints: readonly As<Settled<Endpoint>, EndpointOptions>[],
    observed: Observed,
  ): Promise<void>;
  /** Prefixes that others than Heddle have on this host: what a network must not overlap with. */
  taken?(): Promise<readonly Taken[]>;
  /**
   * What somebody has on this host that an endpoint with these options is not to choose, in the archetype's words: ports. Absent:
   * an endpoint chooses nothing of the host's. `node`: where it is, if nodes share.
   */
  held?(options: EndpointOptions, node?: string): Promise<ReadonlySet<string>>;
  /**
   * Ids of networks and endpoints that are not as they should be any more, by one look at all. Absent: all are applied again
   * each time.
   */
  drifted?(
    networks: readonly As<Settled<Network>, NetworkOptions>[],
    endpoints: readonly As<Settled<Endpoint>, EndpointOptions>[],
  ): Promise<ReadonlySet<string>>;
  /** What has passed on networks and at their endpoints, by one look at all. */
  counters?(
    networks: readonly As<Settled<Network>, NetworkOptions>[],
    endpoints: readonly As<Settled<Endpoint>, EndpointOptions>[],
  ): Promise<readonly NetworkCounters[]>;
  /** What a controller has told the switch of a network. */
  flows?(network: As<Settled<Network>, NetworkOptions>): Promise<readonly NetworkFlow[]>;
  /** Where a frame on a network would go, and why. `endpoints`: those of all networks of the archetype. */
  trace?(
    frame: FrameWish,
    network: As<Settled<Network>, NetworkOptions>,
    endpoints: readonly As<Settled<Endpoint>, EndpointOptions>[],
  ): Promise<Trace>;
  /** Ends what runs for it in this process; networks go on. */
  close?(): Promise<void>;
}

/** A resource as it is wanted. */
export type Settled<Resource> = Omit<Resource, 'revision' | 'status'>;
export type As<Resource extends { readonly options: unknown }, Options> = Omit<Resource, 'options'> & {
  readonly options: Options;
};
export type Observed = Network['status']['observed'];

export interface DriverContext extends ServiceContext {
  /** The networks of the archetype that are wanted, by now: without those that are being removed. */
  networks(): Promise<readonly Settled<Network>[]>;
}

/** What a networking service is given. */
export interface ServiceContext {
  /** The service of another archetype, one of those it `uses`. */
  service(archetype: string): NetworkingService;
  /** For files and sockets of its own, which only root can enter; not there yet. */
  readonly folder: string;
  /** Prefixes that nodes share out among them, and that this one may get to have. */
  reserved?(): Promise<readonly Taken[]>;
  /** Where networks with a VLAN id are joined to the physical network; none: they cannot be. */
  readonly edge?: NodeEdge | undefined;
  /** How this node tells others by BGP which endpoints are here. Absent: as where nothing is said. */
  readonly routing?: RoutingSettings | undefined;
  /** The name of this node, which no other has that shares the registry. */
  readonly node: string;
  /** What the archetype keeps besides networks and endpoints: with other nodes together, where they share a state. */
  readonly registry: StateManager;
}

type Options = Network['options'];

/** An archetype, whatever its options are. */
export type Archetype = TypedArchetype<Options, Options>;
export type Driver = TypedDriver<Options, Options>;

/** The options that an archetype gets are what its own schemas gave. */
export function archetype<NetworkOptions, EndpointOptions>(
  typed: TypedArchetype<NetworkOptions, EndpointOptions>,
): Archetype {
  return typed as unknown as Archetype;
}
