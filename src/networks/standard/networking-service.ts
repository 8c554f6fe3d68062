import type { Endpoint, EndpointWish } from './endpoint.ts';
import type { Network, NetworkWish } from './network.ts';
import type { Switched, SwitchWish } from './switch.ts';
import type { NetworkTraffic } from './traffic.ts';

/** The standard API: what every networking service does, in the node's process or by itself over HTTP alike. */
export interface NetworkingService {
  readonly networks: Resources<Network, NetworkWish>;
  /** Of one network. */
  endpoints(network: string): Resources<Endpoint, EndpointWish>;
  readonly traffic: NetworkTraffic;
}

/** Services of several archetypes as one. */
export interface Networks extends NetworkingService {
  /**
   * Makes a network one of another archetype, with its endpoints, while traffic goes on where both carry it; or says only what
   * would be lost by that.
   * @throws HeddleError ERR_SWITCH_LOSES, ERR_RESOURCE_UNKNOWN, ERR_RESOURCE_INVALID, ERR_ARCHETYPE_UNKNOWN, ERR_REVISION
   */
  switch(name: string, wish: SwitchWish): Promise<Switched>;
}

/** Networks as the applications of one node have them: all endpoints are that node's. */
export interface NetworksHere extends Networks {
  /** Other nodes that have endpoints on a network, by name; none where nodes share nothing, or it is not there. */
  elsewhere(network: string): Promise<readonly string[]>;
}

/**
 * Networks, or the endpoints of one. A `key` names a wish (the Idempotency-Key of draft-ietf-httpapi-idempotency-key-header):
 * the same wish with the same key is carried out once, and answered alike.
 */
export interface Resources<Resource, Wish> {
  /**
   * Makes one, and returns when it is ready. One that cannot be made is not kept.
   * @throws HeddleError ERR_RESOURCE_INVALID, ERR_RESOURCE_EXISTS, ERR_NETWORK_POOL, ERR_NETWORK, ERR_IDEMPOTENCY_KEY, ERR_STATE
   */
  create(wish: Wish, key?: string): Promise<Resource>;
  /** @throws HeddleError ERR_RESOURCE_UNKNOWN */
  read(name: string): Promise<Resource>;
  /** All, by name. */
  list(): Promise<Resource[]>;
  /**
   * Makes one what is wished now, whole: what is not said takes its default. `revision`: as it was read.
   * @throws HeddleError ERR_REVISION when it was changed since, ERR_RESOURCE_UNKNOWN, ERR_RESOURCE_INVALID
   */
  update(wish: Wish, revision: number, key?: string): Promise<Resource>;
  /**
   * Removes one, and returns when nothing is left of it. `revision`: only if it is as it was read.
   * @throws HeddleError ERR_RESOURCE_UNKNOWN, ERR_REVISION, ERR_RESOURCE_IN_USE for a network with endpoints
   */
  delete(name: string, revision?: number): Promise<void>;
  /**
   * What is there, and then each change, until the signal aborts. `after`: only changes after a revision.
   * @throws HeddleError ERR_WATCH_EXPIRED
   */
  watch(signal: AbortSignal, after?: number): AsyncIterable<ResourceEvent<Resource>>;
}

export type ResourceEvent<Resource> =
  | { readonly type: 'changed'; readonly revision: number; readonly resource: Resource }
  | { readonly type: 'removed'; readonly revision: number; readonly name: string };
