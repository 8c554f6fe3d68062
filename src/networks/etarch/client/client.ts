import { HeddleError } from '../../../lib/errors.ts';
import { ipJson, type Link } from '../../ip.ts';
import type { Answer } from '../wire/control.ts';
import { decodeData } from '../wire/data.ts';
import { agentGroup, decodeFrame, encodeFrame, etherType, headLength } from '../wire/ethernet.ts';
import { Entity, type PointOfAttachment } from './entity.ts';
import { FramePipe, type Place } from './frame-pipe.ts';
import { Listener } from './listener.ts';
import type { Message } from './message.ts';
import type { Pace } from './pace.ts';
import { Requests } from './requests.ts';
import { Senders } from './senders.ts';
import { Window } from './window.ts';

/**
 * A point of attachment to a network of etarch: an interface of this process’s network namespace, or of another. Entities
 * register here, and speak in workspaces.
 *
 * ```ts
 * const client = await EtarchClient.open({ interface: 'eth0' });
 * const alice = await client.register('alice');
 * await alice.create('room', { access: ['bob', 'camera-*'] });
 * const room = await alice.join('room', ({ from, data }) => console.log(`${from}: ${data}`));
 * await room.send('hello');
 * ```
 */
export class EtarchClient implements PointOfAttachment {
  /** Bytes of the interface’s packets. */
  readonly mtu: number;
  readonly #pipe: FramePipe;
  readonly #mac: string;
  readonly #requests: Requests;
  readonly #senders: Senders;
  readonly #window: Window;
  #last: Promise<void> = Promise.resolve();
  readonly #listening = new Map<string, Set<Listener>>();

  private constructor(pipe: FramePipe, { address, mtu }: Pick<Link, 'address' | 'mtu'>) {
    this.#pipe = pipe;
    this.#mac = address;
    this.mtu = mtu;
    this.#requests = new Requests((payload) => this.send(agentGroup, etherType.control, payload));
    this.#senders = new Senders((title) => this.#addressOf(title));
    this.#window = new Window(() => this.#requests.echo());
  }

  /**
   * @param ended nothing more is heard: it was closed, or the interface is gone
   * @throws HeddleError ERR_NETWORK when there is no such interface, or without CAP_NET_RAW
   */
  static async open(place: Place, ended: (error: HeddleError) => void = () => {}): Promise<EtarchClient> {
    const namespace = place.namespace === undefined ? { pid: process.pid } : { path: place.namespace };
    const [link] = await ipJson<Link>(namespace, ['link', 'show', 'dev', place.interface]);
    if (!link) throw new HeddleError('ERR_NETWORK', `${place.interface}: it is not there`);
    let client: EtarchClient | undefined;
    const pipe = await FramePipe.open(
      place,
      (frame) => client?.take(frame),
      (error) => {
        client?.requests.end(error);
        ended(error);
      },
    );
    client = new EtarchClient(pipe, link);
    return client;
  }

  get requests(): Requests {
    return this.#requests;
  }

  /**
   * Registers an entity: from now on it is here, wherever it was before.
   * @throws HeddleError ERR_ETARCH, ERR_TIMEOUT
   */
  async register(title: string, capabilities: readonly string[] = []): Promise<Entity> {
    await this.#requests.ask({
      primitive: 'entityRegister',
      title,
      ...(capabilities.length > 0 && { capabilities }),
    });
    return new Entity(this, title);
  }

  /** What a workspace is. @throws HeddleError ERR_ETARCH when there is none of the title, ERR_TIMEOUT */
  lookUp(workspace: string): Promise<Answer> {
    return this.#requests.ask({ primitive: 'workspaceLookup', workspace });
  }

  close(): void {
    this.#pipe.close();
  }

  send(to: string, type: number, payload: Buffer): boolean {
    return this.#pipe.send(encodeFrame({ to, from: this.#mac, type, payload }));
  }

  sendInTurn(to: string, type: number, payload: Buffer, pace: Pace): Promise<void> {
    const bytes = headLength + payload.length;
    const turn = this.#last.then(async () => {
      await pace.take(bytes);
      await this.#window.take(bytes);
      await this.#pipe.room();
      if (!this.send(to, type, payload))
        throw new HeddleError('ERR_NETWORK', 'nothing can be sent: it was closed, or the interface is gone');
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  sent(): Promise<void> {
    return this.#last;
  }

  /** Hears what is said at the address of a workspace, until the function is called that this returns. */
  listen(address: string, hear: (message: Message) => void): () => void {
    const listening = new Listener(hear, (title, from) => this.#senders.isOf(title, from));
    const those = this.#listening.get(address) ?? new Set();
    this.#listening.set(address, those.add(listening));
    return () => void those.delete(listening);
  }

  take(bytes: Buffer): void {
    const frame = decodeFrame(bytes);
    if (frame?.type === etherType.control && frame.to === this.#mac) this.#requests.take(frame.payload);
    if (frame?.type !== etherType.data) return;
    const said = decodeData(frame.payload);
    if (!said) return;
    const message = { ...said, data: Buffer.from(said.data) };
    for (const one of this.#listening.get(frame.to) ?? []) one.take(message, frame.from);
  }

  async #addressOf(title: string): Promise<string> {
    return (await this.#requests.ask({ primitive: 'entityLookup', title })).address ?? '';
  }
}
