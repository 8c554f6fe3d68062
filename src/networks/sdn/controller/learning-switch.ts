import { toHeddleError } from '../../../lib/errors.ts';
import { macText } from '../../../lib/mac.ts';
import type { ControlledSwitch } from '../../ovs/controller/controller.ts';
import { kindOf, learned } from '../../ovs/controller/cookie.ts';
import { addition, changes, deletion, flowsOf, portCounters } from '../../ovs/controller/flow-table.ts';
import type { Channel, ChannelListener } from '../../ovs/openflow/channel.ts';
import type { CountedFlow, Flow, GroupMod } from '../../ovs/openflow/flow.ts';
import type { MessageOf, PacketIn } from '../../ovs/openflow/message.ts';
import type { PortCounters } from '../../ovs/openflow/multipart.ts';
import { groupCommand, groupType, port } from '../../ovs/openflow/numbers.ts';
import { AddressTable } from './address-table.ts';
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

/** What a switch has, for a network, at one moment. */
export interface SwitchView {
  readonly flows: readonly CountedFlow[];
  readonly groups: readonly Group[];
  readonly members: readonly Member[];
}

/** One switch that is connected, and the network that it makes: it learns what is behind its ports. */
export class LearningSwitch implements ControlledSwitch<ControlledNetwork>, ChannelListener {
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

  done(): Promise<void> {
    return this.#last;
  }

  /** What the switch has for the network, with what it has counted, and whose its ports are. */
  async view(): Promise<SwitchView> {
    const flows = await this.flows();
    const members = this.#members;
    return { flows, members, groups: pipelineOf(this.#network?.id ?? '0', members).groups };
  }

  async flows(): Promise<readonly CountedFlow[]> {
    return this.#network ? flowsOf(this.#channel, this.#network.id) : [];
  }

  counters(): Promise<readonly PortCounters[]> {
    return portCounters(this.#channel);
  }

  packetIn({ match: { inPort }, data }: PacketIn): void {
    const network = this.#network;
    if (!network || inPort === undefined || data.length < 14 || this.#channel.isCongested) return;
    const mac = macText(data.subarray(6, 12));
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
    // One that is there refuses to be added, and nothing comes of it; then it is changed.
    for (const group of groups) this.#channel.send({ type: 'groupMod', group: groupMod('add', group) });
    await this.#channel.carryOut([
      ...groups.map((group) => ({ type: 'groupMod', group: groupMod('modify', group) }) as const),
      ...changes(wanted, there),
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

function groupMod(command: 'add' | 'modify', { group, outputs }: Group): GroupMod {
  return {
    command: groupCommand[command],
    type: groupType.all,
    group,
    buckets: outputs.map((number) => [{ type: 'output', port: number }]),
  };
}
