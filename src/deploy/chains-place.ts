import type { PortMatch, Probe } from '../descriptor/chain.ts';
import type { ObservedAddress, ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import { bridgeIdentity } from '../networks/path/guard/guard.ts';
import { kindNamed } from '../networks/path/kinds.ts';
import type { ChainPlace, ChainsPlace, FunctionPlace } from '../networks/path/patch/scene.ts';
import { areTellable, type Peer, type PeerAddress, type WayNetwork } from '../networks/path/selection.ts';
import type { ChainPeer } from '../selector/chain-spec.ts';
import type { PodSpec } from '../selector/spec.ts';
import { type ChainInputs, chainInputs } from './chain-inputs.ts';
import type { DeployContext } from './context.ts';
import { addressesOf } from './function-inputs.ts';

/**
 * What a pod's chains are made from where it runs: by which bridges its networks are known on this host, and who is where on
 * them. Nothing: it has none. `placeOf`: where a function's pod is.
 * @throws HeddleError ERR_CHAIN_IMPOSSIBLE, ERR_NETWORK
 */
export async function chainsPlace(
  { engine, hash, spec }: DeployContext,
  containers: readonly ObservedContainer[],
  pod: PodSpec,
  placeOf: (fn: string) => FunctionPlace,
): Promise<ChainsPlace | undefined> {
  if (!pod.chains) return undefined;
  const inputs = chainInputs(spec, containers, pod);
  if (!inputs) return undefined;
  const names = pod.sandbox.kind === 'own' ? pod.sandbox.networks.map(({ network }) => network) : [];
  const bridges = new Map(
    await Promise.all(names.map(async (name) => [name, await engine.host.bridgeOf(name)] as const)),
  );
  const own = new Map(addressesOf(containers, pod.name).map((address) => [address.network, address]));
  const networks = [...bridges].flatMap(([name, bridge]) =>
    bridge === undefined ? [] : wayNetwork(bridge, own.get(name)),
  );
  const places = inputs.chains.map(
    ({ chain, side, ports, peer, path }): ChainPlace => ({
      chain,
      side,
      ports,
      peer: peerOf(pod.name, chain, peer, inputs, bridges),
      probe: probeOf(
        ports,
        path.map((fn) =>
          probesOf(
            spec.pods.find(({ name }) => name === fn),
            side,
          ),
        ),
      ),
      functions: path.map(placeOf),
    }),
  );
  if (!areTellable(places))
    throw new HeddleError(
      'ERR_CHAIN_IMPOSSIBLE',
      `${pod.name}: it has too many chains, or too many ports of them`,
      {
        hint: 'join ports to ranges, and chains through the same functions to one',
      },
    );
  return { networks: await Promise.all(networks), chains: places, digest: hash(inputs) };
}

async function wayNetwork(bridge: string, own: ObservedAddress | undefined): Promise<WayNetwork> {
  const identity = await bridgeIdentity(bridge);
  const at = own && peerAddress(own);
  return {
    bridge,
    ...(identity && { gateway: { mac: identity.mac, ips: identity.cidrs } }),
    ...(at && { own: at }),
  };
}

/** Of the chain's own traffic, and if that is everything, what as many of its functions as can be let pass. */
export function probeOf([port]: readonly PortMatch[], functions: readonly (readonly Probe[])[]): Probe {
  if (port) return { protocol: port.protocol, port: port.from };
  const choosy = functions.filter((probes) => probes.length > 0).map((probes) => probes.map(probeText));
  const all = functions.flat();
  const common = all.find((probe) => choosy.every((texts) => texts.includes(probeText(probe))));
  return common ?? all[0] ?? { protocol: 'icmp' };
}

function probeText(probe: Probe): string {
  return 'port' in probe ? `${probe.protocol}/${probe.port}` : probe.protocol;
}

function probesOf(fn: PodSpec | undefined, side: 'from' | 'to'): readonly Probe[] {
  if (fn?.function) return kindNamed(fn.function.kind).probes?.(fn.function.settings, side) ?? [];
  return fn?.forwards?.probe ?? [];
}

function peerAddress({ mac, ipv4, ipv6 }: ObservedAddress): PeerAddress | undefined {
  return mac === undefined ? undefined : { mac, ips: [ipv4, ipv6].filter((ip) => ip !== undefined) };
}

function peerOf(
  pod: string,
  chain: string,
  peer: ChainPeer,
  { peers }: ChainInputs,
  bridges: ReadonlyMap<string, string | undefined>,
): Peer {
  switch (peer.kind) {
    case 'outside':
      return peer;
    case 'network': {
      const bridge = bridges.get(peer.network);
      if (bridge !== undefined) return { kind: 'network', bridge };
      throw new HeddleError(
        'ERR_CHAIN_IMPOSSIBLE',
        `${pod}: the network ${peer.network} of the chain ${chain} has no bridge on this host`,
      );
    }
    case 'service':
      return { kind: 'addresses', byBridge: byBridge(peers[peer.service] ?? [], bridges) };
  }
}

function byBridge(
  addresses: readonly ObservedAddress[],
  bridges: ReadonlyMap<string, string | undefined>,
): Record<string, PeerAddress[]> {
  const found: Record<string, PeerAddress[]> = {};
  for (const address of addresses) {
    const bridge = bridges.get(address.network);
    const at = peerAddress(address);
    if (bridge === undefined || !at) continue;
    found[bridge] = [...(found[bridge] ?? []), at];
  }
  return found;
}
