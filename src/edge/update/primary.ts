import { randomInt } from 'node:crypto';
import { HeddleError } from '../../lib/errors.ts';
import { recordType, skipName, wireName } from '../dns/wire.ts';
import { Connection } from './connection.ts';
import { type Reply, readReply, updateMessage, type WireRecord, zoneQuery } from './message.ts';
import { problem, type Request, refusal, type Target } from './refusals.ts';
import { SignatureError, SignedReplies, sign } from './tsig.ts';

/** What comes with errors of the signature (RFC 8945, 5.2). */
const notAuthorised = 9;
/** In a transfer: ten times what a gateway can keep there. */
const recordsAtMost = 1_000_000;

/** The primary server of a zone, as long as a connection to it lasts, made for the first request. All that is asked and answered is signed. */
export class Primary {
  readonly #target: Target;
  readonly #wire: string;
  #connected: Connection | undefined;

  /** @param target its domain in small letters */
  constructor(target: Target) {
    this.#target = target;
    this.#wire = wireName(target.domain) ?? '\0';
  }

  /** @throws HeddleError ERR_EDGE_UPDATE, as all the following */
  async serial(): Promise<number> {
    const query = (id: number) => zoneQuery(id, this.#wire, recordType.SOA);
    for await (const { answers } of this.#ask('look at', query)) {
      const soa = answers.find(({ type }) => type === recordType.SOA);
      if (soa) return serialOf(soa);
    }
    throw problem(this.#target, 'look at', 'it has no such zone', 'make it a primary zone there');
  }

  /** All records of the zone (RFC 5936): the SOA is the first, and once more the last. */
  async transfer(): Promise<{ serial: number; records: WireRecord[] }> {
    const query = (id: number) => zoneQuery(id, this.#wire, recordType.AXFR);
    const records: WireRecord[] = [];
    const isWhole = () => records.length > 1 && records.at(-1)?.type === recordType.SOA;
    for await (const { answers } of this.#ask('transfer', query, isWhole)) {
      for (const answer of answers) records.push(answer);
      if (records.length > recordsAtMost)
        throw problem(this.#target, 'transfer', `its zone has more than ${recordsAtMost} records`);
    }
    const [soa] = records;
    if (soa?.type !== recordType.SOA) throw problem(this.#target, 'transfer', 'its transfer is malformed');
    return { serial: serialOf(soa), records };
  }

  /** @param records in the form of RFC 2136, 2.5 */
  async update(records: readonly Buffer[]): Promise<void> {
    for await (const _ of this.#ask('update', (id) => updateMessage(id, this.#wire, records)));
  }

  close(): void {
    this.#connected?.close();
  }

  /** Sends a request and gives the replies, as long as there are to be more. */
  async *#ask(
    request: Request,
    message: (id: number) => Buffer,
    isWhole: () => boolean = () => true,
  ): AsyncGenerator<Reply> {
    const id = randomInt(65_536);
    const { bytes, mac } = sign(message(id), this.#target.key, Date.now() / 1000);
    const replies = new SignedReplies(this.#target.key, mac);
    try {
      this.#connected ??= new Connection(this.#target.server);
      const connection = this.#connected;
      connection.send(bytes);
      do yield this.#check(await connection.next(), id, request, replies);
      while (!isWhole());
      if (!replies.isProven) throw new SignatureError('the end of its answer is not signed');
    } catch (error) {
      throw this.#errorOf(error as Error, request);
    }
  }

  #check(bytes: Buffer, id: number, request: Request, replies: SignedReplies): Reply {
    const reply = readReply(bytes);
    if (reply?.id !== id) throw problem(this.#target, request, 'its answer is malformed');
    try {
      replies.take(bytes, reply, Date.now() / 1000);
    } catch (error) {
      // What it refuses without a signature: nothing comes of it but that it is asked again.
      if (reply.rcode !== 0 && (error as SignatureError).tsigError === undefined)
        throw refusal(this.#target, request, reply.rcode);
      throw error;
    }
    if (reply.rcode !== 0) throw refusal(this.#target, request, reply.rcode);
    return reply;
  }

  #errorOf(error: Error, request: Request): HeddleError {
    if (error instanceof HeddleError) return error;
    if (!(error instanceof SignatureError))
      return problem(this.#target, request, error.message, 'check its address, and that it is up', error);
    if (error.tsigError !== undefined) return refusal(this.#target, request, notAuthorised, error.tsigError);
    return problem(this.#target, request, error.message, 'somebody else may answer in its place', error);
  }
}

function serialOf({ data }: WireRecord): number {
  const names = skipName(data, skipName(data, 0) ?? 0) ?? 0;
  return data.readUInt32BE(names);
}
