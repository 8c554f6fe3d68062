/** What of an engine's containers is on this host, where Heddle's own networking reaches it. */
export interface HostAccess {
  /** Name of the bridge on the host that carries a network, if it has one. */
  bridgeOf(network: string): Promise<string | undefined>;
}
