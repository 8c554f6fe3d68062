import type { ObservedAddress } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import { bridgeIdentity } from '../networks/path/guard/guard.ts';
import type { ChainPlace, ChainsPlace, FunctionPlace } from '../networks/path/patch/scene.ts';
import { areTellable, type Peer, type PeerAddress, type WayNetwork } from '../networks/path/selection.ts';
import type { ChainPeer } from '../selector/chain-spec.ts';
import type { PodSpec } from '../selector/spec.ts';
import { type ChainInputs, chainInputs } from './chain-inputs.ts';
import type { DeployContext } from './context.ts';

/**
 * What a pod's chains are made from where it runs: by which bridges its networks are known on this host, and who is where on
 * them. Nothing: it has none. `placeOf`: where a function's pod is.
 * @throws HeddleError ERR_CHAIN_IMPOSSIBLE, ERR_NETWORK
 */
export async function chainsPlace(
  { engine, hash, project, spec }: DeployContext,
  pod: PodSpec,
  placeOf: (fn: string) => Promise<FunctionPlace>,
): Promise<ChainsPlace | undefined> {
  if (!pod.chains) return undefined;
  const containers = await engine.workloads.containers(project);
  const inputs = chainInputs(spec, containers, pod);
  if (!inputs) return undefined;
  const names = pod.sandbox.kind === 'own' ? pod.sandbox.networks.map(({ network }) => network) : [];
  const bridges = new Map(
    await Promise.all(names.map(async (name) => [name, await engine.host.bridgeOf(name)] as const)),
  );
  const networks = [...bridges.values()].flatMap((bridge) => bridge ?? []).map(wayNetwork);
  const chains = inputs.chains.map(
    async ({ chain, side, ports, peer, path }): Promise<ChainPlace> => ({
      chain,
      side,
      ports,
      peer: peerOf(pod.name, chain, peer, inputs, bridges),
      functions: await Promise.all(path.map(placeOf)),
    }),
  );
  const places = await Promise.all(chains);
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

async function wayNetwork(bridge: string): Promise<WayNetwork> {
  const identity = await bridgeIdentity(bridge);
  return { bridge, ...(identity && { gateway: { mac: identity.mac, ips: identity.cidrs } }) };
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
  for (const { network, mac, ipv4, ipv6 } of addresses) {
    const bridge = bridges.get(network);
    if (bridge === undefined || mac === undefined) continue;
    const ips = [ipv4, ipv6].filter((ip) => ip !== undefined);
    found[bridge] = [...(found[bridge] ?? []), { mac, ips }];
  }
  return found;
}
