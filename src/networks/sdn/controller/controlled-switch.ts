import { HeddleError, toHeddleError } from '../../../lib/errors.ts';
import type { Channel, ChannelListener } from '../../ovs/openflow/channel.ts';
import type { CountedFlow, Flow, FlowMod, GroupMod } from '../../ovs/openflow/flow.ts';
import type { MessageOf, PacketIn } from '../../ovs/openflow/message.ts';
import type { PortCounters } from '../../ovs/openflow/multipart.ts';
import { allTables, flowCommand, groupCommand, groupType, port } from '../../ovs/openflow/numbers.ts';
import { AddressTable } from './address-table.ts';
import { cookieOf, kindOf, learned, networkMask } from './cookie.ts';
import { difference } from './difference.ts';
import { type Group, learnedFlows, learnedIn, type Member, pipelineOf } from './pipeline.ts';

/** A network as its switch should make it. */
export interface ControlledNetwork {
  /** 12 hex digits. */
  readonly id: string;
  readonly ports: readonly ControlledPort[];
}

/** A port by its name; `local` is that of the host. */
export interface ControlledPort {
  readonly name: string;
  /** Of the endpoint; a trunk is none. */
  readonly mac?: string;
  readonly learns: boolean;
}

const everyBit = 0xffff_ffff_ffff_ffffn;

/** One switch that is connected, and the network that it makes. */
export class ControlledSwitch implements ChannelListener {
  readonly #channel: Channel;
  readonly #ended: () => void;
  readonly #addresses = new AddressTable();
  #network: ControlledNetwork | undefined;
  #members: readonly Member[] = [];
  #isRestored = false;
  #last: Promise<void> = Promise.resolve();

  /** @param ended the switch is gone */
  constructor(channel: Channel, ended: () => void) {
    this.#channel = channel;
    this.#ended = ended;
    channel.listen(this);
  }

  /**
   * Makes the switch what the network is, by what it has: what it lacks comes first, and then goes what it has besides. What
   * it learned stays.
   * @throws HeddleError ERR_OPENFLOW
   */
  settle(network: ControlledNetwork): Promise<void> {
    this.#network = network;
    const turn = this.#last.then(() => this.#settle());
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Removes every flow of the network. */
  async clear(): Promise<void> {
    const network = this.#network;
    this.#network = undefined;
    if (network) await this.#channel.carryOut([removal(network.id)]);
  }

  /** The network's flows, with what they have counted. */
  async flows(): Promise<readonly CountedFlow[]> {
    if (!this.#network) return [];
    const parts = await this.#channel.ask({
      kind: 'flow',
      table: allTables,
      cookie: cookieOf(this.#network.id, 0n),
      cookieMask: networkMask,
    });
    return parts.flatMap(({ flows }) => flows);
  }

  async counters(): Promise<readonly PortCounters[]> {
    const parts = await this.#channel.ask({ kind: 'portStats', port: port.any });
    return parts.flatMap(({ ports }) => ports);
  }

  packetIn({ match: { inPort }, data }: PacketIn): void {
    const network = this.#network;
    if (!network || inPort === undefined || data.length < 14 || this.#channel.isCongested) return;
    const mac = data.toString('hex', 6, 12).match(/../g)!.join(':');
    const before = this.#addresses.portOf(mac);
    if (!this.#mayLearn(mac, inPort) || !this.#addresses.learn(mac, inPort)) return;
    const gone = before === undefined ? [] : learnedFlows(network.id, mac, before);
    const come = learnedFlows(network.id, mac, inPort);
    // The way to it is replaced by the new one; that it may speak at the old port ends.
    this.#change(come, gone.slice(0, 1));
  }

  /** An address is known both ways or not at all: else what is sent to it would go everywhere for as long as it speaks. */
  flowRemoved({ flow }: MessageOf<'flowRemoved'>): void {
    if (!this.#network || kindOf(flow.cookie) !== learned) return;
    const mac = flow.match.ethSrc ?? flow.match.ethDst;
    const at = mac === undefined ? undefined : this.#addresses.portOf(mac);
    if (mac === undefined || at === undefined) return;
    if (flow.match.inPort !== undefined && flow.match.inPort !== at) return;
    this.#addresses.forget(mac);
    this.#change([], learnedFlows(this.#network.id, mac, at));
  }

  portStatus(): void {
    if (this.#network) this.settle(this.#network).catch((error) => this.#channel.end(toHeddleError(error)));
  }

  ended(): void {
    this.#ended();
  }

  async #settle(): Promise<void> {
    const network = this.#network;
    if (!network) return;
    const parts = await this.#channel.ask({ kind: 'ports' });
    this.#members = membersOf(
      network,
      parts.flatMap(({ ports }) => ports),
    );
    const there = await this.flows();
    if (!this.#isRestored) this.#restore(there);
    this.#isRestored = true;
    for (const [mac, number] of [...this.#addresses.entries()])
      if (!this.#mayLearn(mac, number)) this.#addresses.forget(mac);
    const { flows, groups } = pipelineOf(network.id, this.#members);
    const wanted = [
      ...flows,
      ...[...this.#addresses.entries()].flatMap(([mac, number]) => learnedFlows(network.id, mac, number)),
    ];
    const { lacking, surplus } = difference(wanted, there);
    // One that is there refuses to be added, and nothing comes of it; then it is changed.
    for (const group of groups) this.#channel.send({ type: 'groupMod', group: groupMod('add', group) });
    await this.#channel.carryOut([
      ...groups.map((group) => ({ type: 'groupMod', group: groupMod('modify', group) }) as const),
      ...lacking.map(addition),
      ...surplus.map(deletion),
    ]);
  }

  /** What the switch learned from a controller that was here before. */
  #restore(there: readonly Flow[]): void {
    for (const flow of there) {
      const found = kindOf(flow.cookie) === learned ? learnedIn(flow) : undefined;
      if (found) this.#addresses.learn(found.mac, found.number);
    }
  }

  /** Addresses of endpoints are theirs, and learned at no port. */
  #mayLearn(mac: string, number: number): boolean {
    return (
      this.#members.some((member) => member.number === number && member.learns) &&
      !this.#members.some((member) => member.mac === mac)
    );
  }

  #change(come: readonly Flow[], gone: readonly Flow[]): void {
    for (const flow of come) this.#channel.send(addition(flow));
    for (const flow of gone) this.#channel.send(deletion(flow));
  }
}

/** Ports that the switch does not have yet come later: it says so then. */
function membersOf(
  { ports }: ControlledNetwork,
  there: readonly { readonly name: string; readonly number: number }[],
): Member[] {
  const numberOf = new Map(
    there.map(({ name, number }) => [number === port.local ? 'local' : name, number] as const),
  );
  return ports.flatMap(({ name, mac, learns }) => {
    const number = numberOf.get(name);
    return number === undefined ? [] : [{ number, learns, ...(mac !== undefined && { mac }) }];
  });
}

function addition(flow: Flow): { readonly type: 'flowMod'; readonly flow: FlowMod } {
  return { type: 'flowMod', flow: { ...flow, command: flowCommand.add, cookieMask: 0n } };
}

/** Of just this flow, if it still has this cookie. */
function deletion(flow: Flow): { readonly type: 'flowMod'; readonly flow: FlowMod } {
  return {
    type: 'flowMod',
    flow: { ...flow, instructions: [], command: flowCommand.deleteStrict, cookieMask: everyBit },
  };
}

function removal(network: string): { readonly type: 'flowMod'; readonly flow: FlowMod } {
  return {
    type: 'flowMod',
    flow: {
      table: allTables,
      priority: 0,
      cookie: cookieOf(network, 0n),
      cookieMask: networkMask,
      command: flowCommand.delete,
      match: {},
      instructions: [],
      idleTimeout: 0,
      hardTimeout: 0,
      reportsRemoval: false,
    },
  };
}

function groupMod(command: 'add' | 'modify', { group, outputs }: Group): GroupMod {
  return {
    command: groupCommand[command],
    type: groupType.all,
    group,
    buckets: outputs.map((number) => [{ type: 'output', port: number }]),
  };
}

export function gone(datapathId: string): HeddleError {
  return new HeddleError('ERR_OPENFLOW', `switch ${datapathId}: it is not connected`, {
    hint: 'see that ovs-vswitchd runs; it comes back by itself within a second',
  });
}
