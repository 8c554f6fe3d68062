import type Docker from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import type { OwnSandbox } from '../workloads.ts';
import { asking } from './errors.ts';

/** The host, as who is on the sandbox's networks reaches it: the gateway of the first that has one. */
export async function withHostGateway(api: Docker, sandbox: OwnSandbox): Promise<OwnSandbox> {
  const isMeant = ({ address }: { readonly address: string }) => address === 'host-gateway';
  if (!sandbox.extraHosts.some(isMeant)) return sandbox;
  const networks = sandbox.networks.map(({ network }) => network);
  const address = await gatewayOf(api, networks.length > 0 ? networks : ['podman']);
  if (address === undefined) {
    throw new HeddleError(
      'ERR_COMPOSE_UNSUPPORTED',
      `${sandbox.name}: extra_hosts: host-gateway: none of its networks leads to the host`,
    );
  }
  const extraHosts = sandbox.extraHosts.map((entry) => (isMeant(entry) ? { ...entry, address } : entry));
  return { ...sandbox, extraHosts };
}

async function gatewayOf(api: Docker, networks: readonly string[]): Promise<string | undefined> {
  for (const network of networks) {
    const { IPAM } = await asking(`looking at the network ${network}`, () =>
      api.getNetwork(network).inspect(),
    );
    const gateways = (IPAM?.Config ?? []).flatMap(({ Gateway }) => Gateway || []);
    const [gateway] = gateways.sort((one, other) => Number(one.includes(':')) - Number(other.includes(':')));
    if (gateway !== undefined) return gateway;
  }
  return undefined;
}
