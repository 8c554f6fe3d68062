import { toHeddleError } from '../../../lib/errors.ts';
import type { ControlledSwitch } from '../../ovs/controller/controller.ts';
import { changes, flowsOf } from '../../ovs/controller/flow-table.ts';
import type { Channel, ChannelListener } from '../../ovs/openflow/channel.ts';
import type { CountedFlow } from '../../ovs/openflow/flow.ts';
import type { PacketIn } from '../../ovs/openflow/message.ts';
import type { Meter } from '../../ovs/openflow/meter.ts';
import { meterCommand, port } from '../../ovs/openflow/numbers.ts';
import type { Bus } from '../domain/buses.ts';
import type { Asker } from '../domain/decide.ts';
import { type Answer, decodeRequest, type EntityRequest, encodeAnswer } from '../wire/control.ts';
import { agentAddress, agentGroup, decodeFrame, encodeFrame, etherType } from '../wire/ethernet.ts';
import { Allowance } from './allowance.ts';
import { type Pipeline, pipelineOf } from './pipeline.ts';
import { Waiting } from './waiting.ts';

/** A network as its switch should make it. */
export interface TitledNetwork {
  readonly name: string;
  /** 12 hex digits. */
  readonly id: string;
  readonly stations: readonly TitledStation[];
  /** The port that leads to other nodes, if there is one. */
  readonly trunk?: string;
  readonly buses: readonly Bus[];
  /** Whether the switch is asked what it has, and not taken to have what it was told before. */
  readonly isLook: boolean;
}

/** An endpoint, and the name of its port. */
export interface TitledStation extends Asker {
  readonly port: string;
}

/** What a switch does, and which number each port has there. */
export interface TitledView {
  readonly flows: readonly CountedFlow[];
  readonly numbers: ReadonlyMap<string, number>;
}

/** Carries out what an entity at an endpoint asks of its domain. */
export type Carry = (network: string, asker: Asker, request: EntityRequest) => Promise<Answer>;

/** One switch that is connected: it makes the workspaces of its network, and hands on what entities ask. */
export class TitleSwitch implements ControlledSwitch<TitledNetwork>, ChannelListener {
  readonly #channel: Channel;
  readonly #carry: Carry;
  readonly #ended: () => void;
  readonly #allowance = new Allowance();
  readonly #waiting = new Waiting();
  #network: TitledNetwork | undefined;
  #numbers: ReadonlyMap<string, number> = new Map();
  /** What it was told before, as far as it was all carried out. */
  #has: Pipeline | undefined;
  /** It has to be asked first: somebody wants to know, or its ports are others by now. */
  #mustLook = true;
  #last: Promise<void> = Promise.resolve();

  /** @param ended the switch is gone */
  constructor(channel: Channel, carry: Carry, ended: () => void) {
    this.#channel = channel;
    this.#carry = carry;
    this.#ended = ended;
    channel.listen(this);
  }

  settle(network: TitledNetwork): Promise<void> {
    this.#network = network;
    this.#mustLook ||= network.isLook;
    const turn = this.#last.then(() => this.#settle());
    this.#last = turn.catch(() => {});
    return turn;
  }

  done(): Promise<void> {
    return this.#last;
  }

  /** The network's flows, with what they have counted. */
  async flows(): Promise<readonly CountedFlow[]> {
    return this.#network ? flowsOf(this.#channel, this.#network.id) : [];
  }

  async view(): Promise<TitledView> {
    return { flows: await this.flows(), numbers: this.#numbers };
  }

  packetIn({ match: { inPort }, data }: PacketIn): void {
    const network = this.#network;
    const frame = decodeFrame(data);
    if (!network || inPort === undefined || !frame || this.#channel.isCongested) return;
    const asker = network.stations.find((one) => this.#numbers.get(one.port) === inPort);
    if (!asker || frame.from !== asker.mac || frame.to !== agentGroup || frame.type !== etherType.control)
      return;
    if (!this.#allowance.take(asker.endpoint)) return;
    const received = decodeRequest(frame.payload);
    if (!received) return;
    const { id, primitive, request, why = '' } = received;
    if (request?.primitive === 'echo') {
      this.#send(inPort, asker.mac, encodeAnswer(id, primitive, { status: 'ok' }));
      return;
    }
    const answered = this.#waiting.take(asker.endpoint, id, async (): Promise<Answer> => {
      return request ? this.#carry(network.name, asker, request) : { status: 'malformed', reason: why };
    });
    // Whoever is not answered asks again.
    answered
      ?.then((answer) => this.#send(inPort, asker.mac, encodeAnswer(id, primitive, answer)))
      .catch(() => {});
  }

  flowRemoved(): void {}

  portStatus(): void {
    this.#mustLook = true;
    if (this.#network) this.settle(this.#network).catch((error) => this.#channel.end(toHeddleError(error)));
  }

  ended(): void {
    this.#ended();
  }

  async #settle(): Promise<void> {
    const network = this.#network;
    if (!network) return;
    const told = this.#mustLook ? undefined : this.#has;
    this.#mustLook = false;
    this.#has = undefined;
    const before = told ?? (await this.#look());
    const { flows, meters } = this.#pipeline(network);
    // Meters come before the flows that name them; to delete one deletes those as well.
    await this.#channel.carryOut([
      ...meters.flatMap((one) => {
        const there = before.meters.find(({ meter }) => meter === one.meter);
        if (there?.rate === one.rate && there.burst === one.burst) return [];
        return [meterMod(there ? 'modify' : 'add', one)];
      }),
      ...changes(flows, before.flows),
      ...before.meters
        .filter(({ meter }) => !meters.some((one) => one.meter === meter))
        .map((one) => meterMod('delete', one)),
    ]);
    this.#has = { flows, meters };
  }

  /** What the switch has. */
  async #look(): Promise<Pipeline> {
    const parts = await this.#channel.ask({ kind: 'ports' });
    this.#numbers = new Map(parts.flatMap(({ ports }) => ports.map(({ name, number }) => [name, number])));
    const meters = (await this.#channel.ask({ kind: 'meterConfig' })).flatMap((part) => part.meters);
    return { flows: await this.flows(), meters };
  }

  /** Of ports that the switch has: it says when others come. */
  #pipeline({ id, stations, trunk, buses }: TitledNetwork) {
    const numberOf = new Map(stations.map((one) => [one.endpoint, this.#numbers.get(one.port)]));
    return pipelineOf(
      id,
      stations.flatMap(({ endpoint, mac }) => {
        const number = numberOf.get(endpoint);
        return number === undefined ? [] : [{ number, mac }];
      }),
      buses.map(({ members, ...bus }) => ({
        ...bus,
        members: members.flatMap((endpoint) => numberOf.get(endpoint) ?? []),
      })),
      trunk === undefined ? undefined : this.#numbers.get(trunk),
    );
  }

  #send(to: number, mac: string, payload: Buffer): void {
    const data = encodeFrame({ to: mac, from: agentAddress, type: etherType.control, payload });
    this.#channel.send({
      type: 'packetOut',
      inPort: port.controller,
      actions: [{ type: 'output', port: to }],
      data,
    });
  }
}

function meterMod(command: keyof typeof meterCommand, meter: Meter) {
  return { type: 'meterMod', meter: { ...meter, command: meterCommand[command] } } as const;
}
