import type { Socket } from 'node:net';
import { HeddleError, toHeddleError } from '../../../lib/errors.ts';
import { decode, encode } from './codec.ts';
import { Frames } from './frames.ts';
import type { Message, MessageOf, PacketIn, PortStatus } from './message.ts';
import type { MultipartReply, MultipartRequest } from './multipart.ts';
import { version } from './numbers.ts';

/** Milliseconds. */
const answerTime = 10_000;
const keepAliveTime = 5_000;
/** Bytes that wait to be sent: beyond them, what asks for an answer by itself is left unanswered. */
const mostUnsent = 1024 * 1024;
/** Parts of one answer: 65,535 bytes each. */
const mostParts = 1024;

type Sendable = Exclude<Message, { type: 'other' }>;

export interface ChannelListener {
  packetIn(message: PacketIn): void;
  portStatus(message: PortStatus): void;
  flowRemoved(message: MessageOf<'flowRemoved'>): void;
  /** Nothing more comes. */
  ended(reason: HeddleError): void;
}

interface Waiting {
  /** Whether it was the answer, and the last part of it. */
  readonly take: (message: Message) => boolean;
  readonly reject: (error: HeddleError) => void;
  readonly timer?: NodeJS.Timeout;
}

/**
 * The OpenFlow channel to one switch (OpenFlow 1.3.5, 6.3), from the controller's side: the version is agreed on, the switch
 * is asked from time to time whether it is still there, and every request has a deadline.
 */
export class Channel {
  readonly #socket: Socket;
  readonly #frames = new Frames();
  readonly #waiting = new Map<number, Waiting>();
  #listener: ChannelListener | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #greeted: ((message: Message) => void) | undefined;
  #ended: HeddleError | undefined;
  #lastXid = 0;
  #name = 'a switch';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (cause) => this.end(this.#error(cause.message, cause)));
    socket.on('close', () => this.end(this.#error('it closed the connection')));
  }

  /**
   * Agrees with a switch on OpenFlow 1.3.
   * @returns the channel, and the id of the switch: 16 hex digits
   * @throws HeddleError ERR_OPENFLOW
   */
  static async open(socket: Socket): Promise<{ readonly channel: Channel; readonly datapathId: string }> {
    const channel = new Channel(socket);
    try {
      await channel.#greet();
      const { datapathId } = await channel.request({ type: 'featuresRequest' }, 'featuresReply');
      channel.#name = `switch ${datapathId}`;
      channel.#keepAlive = setInterval(() => {
        channel.request({ type: 'echoRequest', data: Buffer.alloc(0) }, 'echoReply').catch((error) => {
          channel.end(toHeddleError(error));
        });
      }, keepAliveTime);
      channel.#keepAlive.unref();
      return { channel, datapathId };
    } catch (error) {
      channel.end(toHeddleError(error));
      throw error;
    }
  }

  /** From now on, who is told of what the switch says by itself. */
  listen(listener: ChannelListener): void {
    this.#listener = listener;
    if (this.#ended) listener.ended(this.#ended);
  }

  /** Whether so much waits to be sent that what may be left out should be. */
  get isCongested(): boolean {
    return this.#socket.writableLength > mostUnsent;
  }

  /** Says something that has no answer; an error about it ends up nowhere. */
  send(message: Sendable): void {
    this.#write(message, this.#nextXid());
  }

  /** @throws HeddleError ERR_OPENFLOW when the switch refuses, or does not answer in time */
  request<Type extends Message['type']>(message: Sendable, answer: Type): Promise<MessageOf<Type>> {
    let found: Message | undefined;
    const take = (message: Message) => {
      if (message.type !== answer)
        throw this.#error(`it answers ${message.type} where ${answer} is asked for`);
      found = message;
      return true;
    };
    return this.#ask(message, take).then(() => found as MessageOf<Type>);
  }

  /** All parts of an answer. @throws HeddleError ERR_OPENFLOW */
  async ask<Kind extends MultipartReply['kind']>(
    request: MultipartRequest & { readonly kind: Kind },
  ): Promise<readonly Extract<MultipartReply, { readonly kind: Kind }>[]> {
    const parts: MultipartReply[] = [];
    await this.#ask({ type: 'multipartRequest', request }, (message) => {
      if (message.type !== 'multipartReply' || message.reply.kind !== request.kind)
        throw this.#error(`it answers ${message.type} where ${request.kind} is asked for`);
      parts.push(message.reply);
      if (parts.length > mostParts) throw this.#error('its answer has no end');
      return !message.more;
    });
    return parts as Extract<MultipartReply, { readonly kind: Kind }>[];
  }

  /**
   * Has all of it done, and returns when it is.
   * @throws HeddleError ERR_OPENFLOW with the first refusal; what comes after it is done all the same
   */
  async carryOut(messages: readonly Sendable[]): Promise<void> {
    if (messages.length === 0) return;
    let refusal: HeddleError | undefined;
    const xids = messages.map((message) => {
      const xid = this.#nextXid();
      const refuse = (error: HeddleError) => {
        refusal ??= error;
      };
      // Nothing answers these but an error, which comes before the answer to the barrier.
      this.#waiting.set(xid, { take: () => true, reject: refuse });
      this.#write(message, xid);
      return xid;
    });
    try {
      await this.request({ type: 'barrierRequest' }, 'barrierReply');
    } finally {
      for (const xid of xids) this.#waiting.delete(xid);
    }
    if (refusal) throw refusal;
  }

  end(reason: HeddleError): void {
    if (this.#ended) return;
    this.#ended = reason;
    clearInterval(this.#keepAlive);
    this.#socket.destroy();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(reason);
    }
    this.#waiting.clear();
    this.#listener?.ended(reason);
  }

  async #greet(): Promise<void> {
    const hello = await new Promise<Message>((resolve, reject) => {
      const xid = this.#nextXid();
      const timer = setTimeout(() => reject(this.#error('it does not say hello')), answerTime);
      this.#waiting.set(xid, { take: () => false, reject, timer });
      this.#greeted = (message) => {
        clearTimeout(timer);
        this.#waiting.delete(xid);
        this.#greeted = undefined;
        resolve(message);
      };
      this.#write({ type: 'hello', versions: [version] }, xid);
    });
    if (hello.type !== 'hello') throw this.#error(`it says ${hello.type} before hello`);
    if (!hello.versions.includes(version))
      throw this.#error(
        `it speaks versions ${hello.versions.join(', ')} of the protocol, and not ${version}`,
      );
  }

  #ask(message: Sendable, take: (message: Message) => boolean): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended);
    const xid = this.#nextXid();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(xid);
        reject(this.#error(`no answer to ${message.type} within ${answerTime / 1000} s`));
      }, answerTime);
      const settle = (work: () => void) => {
        this.#waiting.delete(xid);
        clearTimeout(timer);
        work();
      };
      this.#waiting.set(xid, {
        timer,
        reject: (error) => settle(() => reject(error)),
        take: (answer) => {
          const isLast = take(answer);
          if (isLast) settle(resolve);
          return isLast;
        },
      });
      this.#write(message, xid);
    });
  }

  #write(message: Sendable, xid: number): void {
    if (!this.#ended) this.#socket.write(encode(message, xid));
  }

  #take(chunk: Buffer): void {
    try {
      for (const bytes of this.#frames.push(chunk)) {
        const { xid, message } = decode(bytes);
        this.#heed(xid, message);
      }
    } catch (error) {
      this.end(toHeddleError(error));
    }
  }

  #heed(xid: number, message: Message): void {
    if (this.#ended) return;
    if (this.#greeted) this.#greeted(message);
    else if (message.type === 'echoRequest') this.#write({ type: 'echoReply', data: message.data }, xid);
    else if (message.type === 'packetIn') this.#listener?.packetIn(message);
    else if (message.type === 'portStatus') this.#listener?.portStatus(message);
    else if (message.type === 'flowRemoved') this.#listener?.flowRemoved(message);
    else if (message.type === 'error')
      this.#waiting
        .get(xid)
        ?.reject(this.#error(`it refuses: error ${message.errorType}, code ${message.code}`));
    else this.#waiting.get(xid)?.take(message);
  }

  #nextXid(): number {
    this.#lastXid = (this.#lastXid + 1) >>> 0;
    return this.#lastXid;
  }

  #error(why: string, cause?: unknown): HeddleError {
    return new HeddleError('ERR_OPENFLOW', `${this.#name}: ${why}`, { cause });
  }
}
