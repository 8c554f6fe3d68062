import { isHeddleError } from '../../lib/errors.ts';
import { deleteLinks, ipBatch, ipJson, type Link } from '../ip.ts';
import type { Refused } from '../nve/edge.ts';
import { stubName } from '../nve/names.ts';
import { stubsOf } from '../nve/stubs.ts';
import type { DriverContext, Observed } from '../standard/archetype.ts';
import { isOvs, type LinuxNetwork } from './commands.ts';
import { host, linkNamed } from './links.ts';
import { isOwn } from './names.ts';
import { leaveOvs } from './ovs-leaving.ts';
import type { OvsSwitch } from './ovs-switch.ts';
import { silence } from './quiet.ts';
import { ingressOf, isTrunk, isTrunked, noEdge, settleTrunk, type TrunkedNetwork, trunkOf } from './trunk.ts';

/** What joins networks to the edge of this node. */
export class Trunks {
  readonly #context: DriverContext;
  readonly #ovs: OvsSwitch;

  constructor(context: DriverContext, ovs: OvsSwitch) {
    this.#context = context;
    this.#ovs = ovs;
  }

  /**
   * Joins a network, or takes it off; what is on this host goes on, whatever keeps it from being joined.
   * @throws HeddleError ERR_EDGE_ABSENT, ERR_NETWORK_POOL, ERR_NETWORK
   */
  async apply(network: LinuxNetwork): Promise<Observed> {
    const { edge } = this.#context;
    if (!isTrunked(network)) {
      if (edge?.mayHave(network.id)) await this.#takeOff(network);
      return {};
    }
    if (!edge) throw noEdge(network);
    const trunk = trunkOf(network);
    const why = (await this.#join()).get(network.id);
    if (isOvs(network)) await this.#ovs.unplugTrunks(network, trunk);
    // One whose program is refused goes on as it was joined.
    const goesOn = isHeddleError(why, 'ERR_NETWORK_PROGRAM') && (await isStubbed(network));
    if (why && !goesOn) throw why;
    silence(trunk);
    await ipBatch(host, settleTrunk(network));
    if (isOvs(network)) await this.#ovs.plugTrunk(network, trunk);
    else await leaveOvs(trunk);
    if (why) throw why;
    return { trunk };
  }

  /** Of a network that is removed. */
  async remove(network: LinuxNetwork): Promise<void> {
    // What keeps the edge from it, the next look meets again.
    if (isTrunked(network) || this.#context.edge?.mayHave(network.id)) await this.#join().catch(() => {});
    if (!isTrunked(network)) return;
    // The edge has taken it away in its turn, when nothing else is done with it; but not while its uplink is away.
    if (await isStubbed(network)) await deleteLinks(host, [stubName(network.vlan)]);
  }

  /** All interfaces of the host, once the edge is as it should be, and whether a network is joined just as it should be. */
  async look(networks: readonly LinuxNetwork[]) {
    const before = await linksOfHost();
    const joined = stubsOf(before);
    const isUnsettled = this.#context.edge?.isSettled === false;
    const isConcerned = joined.length > 0 || isUnsettled || networks.some(isTrunked);
    // What keeps the edge from it, each network says when it is applied.
    const refused = isConcerned ? await this.#join().catch(() => undefined) : new Map();
    const links = new Map((isConcerned ? await linksOfHost() : before).map((link) => [link.ifname, link]));
    return {
      links,
      isTrunk: (network: LinuxNetwork) =>
        isTrunked(network)
          ? refused?.has(network.id) === false && isTrunk(links.get(trunkOf(network)), network)
          : !joined.some(({ ifalias }) => isOwn(ifalias, network.id)),
    };
  }

  async #takeOff(network: LinuxNetwork): Promise<void> {
    await this.#join();
    if (isOvs(network)) await this.#ovs.unplugTrunks(network);
  }

  /** Has the edge join just the networks that there are. */
  async #join(): Promise<Refused> {
    const { edge } = this.#context;
    if (!edge) return new Map();
    return edge.join(async () => {
      const networks = (await this.#context.networks()) as readonly LinuxNetwork[];
      return networks.filter(isTrunked).map(ingressOf);
    });
  }
}

/** Whether the edge has a stub for a network. */
async function isStubbed({ id, vlan }: TrunkedNetwork): Promise<boolean> {
  const stub = await linkNamed(host, stubName(vlan));
  return stub !== undefined && isOwn(stub.ifalias, id);
}

function linksOfHost(): Promise<Link[]> {
  return ipJson<Link>(host, ['link', 'show']);
}
