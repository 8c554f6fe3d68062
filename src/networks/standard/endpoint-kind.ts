import { HeddleError } from '../../lib/errors.ts';
import { canonicalJson, contentHash } from '../../lib/hash.ts';
import type { Archetype, Driver } from './archetype.ts';
import type { Collection, Kept } from './collection.ts';
import { type Endpoint, type EndpointWish, endpointWish, isOfServices } from './endpoint.ts';
import { invalidError, parsed } from './parsed.ts';
import type { WantedEndpoint, WantedNetwork } from './records.ts';
import type { Kind } from './resources.ts';
import type { Sharing } from './sharing.ts';
import { shown } from './shown.ts';

/** How the endpoints of one network are decided on, made and removed. */
export function endpointKind(
  archetype: Archetype,
  driver: Driver,
  networks: Collection<WantedNetwork>,
  endpoints: Collection<WantedEndpoint>,
  name: string,
  sharing?: Sharing,
): Kind<WantedEndpoint, Endpoint, EndpointWish> {
  const network = async (): Promise<Kept<WantedNetwork>> => {
    const kept = await networks.read(name);
    if (kept) return kept;
    throw new HeddleError(
      'ERR_RESOURCE_UNKNOWN',
      `network ${JSON.stringify(name.slice(0, 230))}: there is none`,
    );
  };
  return {
    noun: `endpoint of ${name}`,
    deciding: async (wish) => {
      sharing?.check();
      const { wanted, revision } = await network();
      if (wanted.deleting)
        throw new HeddleError('ERR_RESOURCE_UNKNOWN', `network ${name}: it is being removed`);
      // What is wrong with it, settling says.
      const options = archetype.endpointOptions.safeParse(wish.options ?? {});
      const node = sharing && (wish.node ?? (await endpoints.read(wish.name))?.wanted.node ?? sharing.here);
      const held = options.success ? await driver.held?.(options.data, node) : undefined;
      return {
        conditions: [networks.condition(name, revision)],
        settle: (said, id, others, before) =>
          settleEndpoint(archetype, said, wanted, id, others, before, { here: sharing?.here, held }),
      };
    },
    mayRemove: async ({ name: endpoint, attachment }) => {
      if (attachment.kind === 'node')
        throw new HeddleError(
          'ERR_RESOURCE_IN_USE',
          `endpoint ${endpoint} of ${name} is node ${attachment.node} itself, and goes with the network`,
        );
      return [];
    },
    apply: async (endpoint) => driver.applyEndpoint(endpoint, (await network()).wanted),
    remove: async (endpoint) => {
      await driver.removeEndpoint(endpoint, (await network()).wanted);
      return [];
    },
    show: shown,
  };
}

/** `here`: the node that is asked, if nodes share; `held`: what somebody has on this host. */
interface Surroundings {
  readonly here?: string | undefined;
  readonly held?: ReadonlySet<string> | undefined;
}

/** What will be kept of a wish. Pure. @throws HeddleError */
export function settleEndpoint(
  archetype: Archetype,
  wish: EndpointWish,
  network: WantedNetwork,
  id: string,
  others: readonly WantedEndpoint[],
  before: WantedEndpoint | undefined,
  { here, held }: Surroundings = {},
): WantedEndpoint {
  const said = parsed(endpointWish, wish, `endpoint of ${network.name}`);
  const { name, attachment, mac = before?.mac ?? macOf(id), labels = {}, options = {} } = said;
  const what = `endpoint ${name} of ${network.name}`;
  const node = nodeOf(what, said, before, here);
  if (!isOfServices(attachment) && !archetype.attachments.includes(attachment.kind)) {
    const kinds = archetype.attachments.join(', ');
    throw invalidError(
      `${what}: attachment.kind: a network of ${archetype.name} takes ${kinds}, not ${attachment.kind}`,
    );
  }
  const twin = others.find((other) => other.mac === mac);
  if (twin) throw invalidError(`${what}: mac: ${mac} is that of endpoint ${twin.name}`);
  const own = parsed(archetype.endpointOptions, options, `${what}: options`);
  const wanted = {
    name,
    network: network.name,
    archetype: archetype.name,
    id,
    ...(node !== undefined && { node }),
    attachment,
    mac,
    labels,
    options: own,
  };
  return { ...wanted, options: archetype.settleEndpoint?.(wanted, network, others, before, held) ?? own };
}

/** Where an endpoint is: where it was said, and for good. `here`: the node that is asked, if nodes share. */
function nodeOf(
  what: string,
  { node: said, attachment }: EndpointWish,
  before: WantedEndpoint | undefined,
  here: string | undefined,
): string | undefined {
  if (here === undefined && said !== undefined)
    throw invalidError(`${what}: node: this node shares its networks with no other`);
  if (!before) return said ?? here;
  const { node } = before;
  if (said !== undefined && said !== node)
    throw invalidError(`${what}: node: it is at ${node}, and an update does not change that`);
  // A path or an interface means something on one host only.
  const isElsewhere = said === undefined && node !== here;
  if (isElsewhere && canonicalJson(attachment) !== canonicalJson(before.attachment))
    throw invalidError(
      `${what}: attachment: the endpoint is at ${node}`,
      'say `node` as well, if it is meant',
    );
  return node;
}

/** A unicast address, administered locally (IEEE 802, 8.4): the second of the lowest bits is set. */
function macOf(id: string): string {
  return `02:${contentHash(id).slice(0, 10).match(/../g)?.join(':')}`;
}
