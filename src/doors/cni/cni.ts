import { type HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import { Turns } from '../../lib/turns.ts';
import { type AddressedLink, ipJson } from '../../networks/ip.ts';
import { inodeOf } from '../../networks/linux/namespace.ts';
import { ensure, removeIfThere } from '../../networks/standard/ensure.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import type { Door } from '../contract.ts';
import { networkFor, unlessUnknown } from '../network-for.ts';
import { type Configuration, supportedVersions } from './configuration.ts';
import { CniError, cniCode, toCniError } from './error.ts';
import { type Attached, type CniRequest, readRequest, versionOf } from './request.ts';
import { type Inside, resultOf, whatLacks } from './result.ts';
import { endpointName, endpointWishOf, isOf, networkNameOf, networkWishOf, surplus } from './wishes.ts';

interface Host {
  readonly networking: NetworkingService;
  readonly node: string;
}

/**
 * The door of container runtimes (containerd, CRI-O, Kubernetes): Container Network Interface 1.1.
 * @param node the name of this node, where several share their networks
 */
export function cniDoor(networking: NetworkingService, node: string): Door {
  const host: Host = { networking, node };
  // Of each interface of a container: a runtime that has killed its plugin asks for the contrary at once.
  const turns = new Turns();
  return async ({ env, input }) => {
    const cniVersion = versionOf(input);
    try {
      const request = readRequest(env, input);
      const work = () => carryOut(host, request, cniVersion);
      const result = await ('attached' in request
        ? turns.take(endpointName(request.attached), work)
        : work());
      return { code: 0, output: result === undefined ? '' : `${JSON.stringify(result)}\n` };
    } catch (error) {
      const { code, message, details } = toCniError(error);
      return { code: 1, output: `${JSON.stringify({ cniVersion, code, msg: message, details })}\n` };
    }
  };
}

async function carryOut(host: Host, request: CniRequest, cniVersion: string) {
  switch (request.command) {
    case 'VERSION':
      return { cniVersion, supportedVersions };
    case 'STATUS':
      return status(host, request.conf);
    case 'GC':
      return collect(host, request.conf);
    case 'ADD':
      return add(host, request.conf, request.attached);
    case 'DEL':
      return remove(host, request.conf, request.attached);
    case 'CHECK':
      return check(host, request.conf, request.attached);
  }
}

/** The same again gives the same. */
async function add({ networking, node }: Host, conf: Configuration, attached: Attached) {
  const inode = inodeOf(attached.namespace ?? '');
  const wish = networkWishOf(conf);
  const network = wish
    ? await networkFor(networking, wish)
    : await networking.networks.read(networkNameOf(conf));
  const endpoints = networking.endpoints(network.name);
  const name = endpointName(attached);
  const there = await unlessUnknown(endpoints.read(name));
  if (there && !isOf(there, conf, attached, node))
    throw new CniError(cniCode.exists, `endpoint ${name} of ${network.name}: it is another’s`);
  const endpoint = await ensure(endpoints, endpointWishOf(conf, attached, network, inode));
  return resultOf(conf, attached, endpoint);
}

/** What is not there is as wished. */
async function remove({ networking, node }: Host, conf: Configuration, attached: Attached): Promise<void> {
  const endpoints = networking.endpoints(networkNameOf(conf));
  const there = await unlessUnknown(endpoints.read(endpointName(attached)));
  if (there && isOf(there, conf, attached, node)) await removeIfThere(endpoints, there.name);
}

async function check({ networking }: Host, conf: Configuration, attached: Attached): Promise<void> {
  const read = unlessUnknown(networking.endpoints(networkNameOf(conf)).read(endpointName(attached)));
  const [endpoint, inside] = await Promise.all([read, lookInside(attached)]);
  const lack = whatLacks(conf, attached, endpoint, inside);
  if (lack !== undefined)
    throw new CniError(cniCode.check, `container ${attached.container} on ${networkNameOf(conf)}: ${lack}`);
}

/** Goes on past what cannot be removed, and reports it all. */
async function collect({ networking, node }: Host, conf: Configuration): Promise<void> {
  const endpoints = networking.endpoints(networkNameOf(conf));
  const those = surplus((await unlessUnknown(endpoints.list())) ?? [], conf, node);
  const errors: HeddleError[] = [];
  for (const { name } of those)
    await removeIfThere(endpoints, name).catch((error) => void errors.push(toHeddleError(error)));
  if (errors.length > 0)
    throw new SeveralErrors('ERR_TEARDOWN', errors.map(({ message }) => message).join('; '), errors);
}

/** Whether a container could be added now. */
async function status({ networking }: Host, conf: Configuration): Promise<void> {
  const name = networkNameOf(conf);
  const network = await unlessUnknown(networking.networks.read(name));
  if (!network && !networkWishOf(conf))
    throw new CniError(cniCode.unavailable, `network ${name}: there is none, and no archetype to make it of`);
  if (network?.status.phase === 'failed')
    throw new CniError(cniCode.limited, `network ${name}: ${network.status.reason ?? 'it has failed'}`);
}

async function lookInside({ namespace = '', interface: name }: Attached): Promise<Inside | undefined> {
  try {
    const links = await ipJson<AddressedLink>({ path: namespace }, ['address', 'show', 'dev', name]);
    return links.map(({ addr_info }) => ({
      addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    }))[0];
  } catch {
    return undefined;
  }
}
