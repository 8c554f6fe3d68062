// A stand-in for a switch's P4Runtime server (P4Runtime 1.4), for as much as the tests need: arbitration, pipelines, writes,
// reads of tables and direct counters, errors of single entries and of the stream. It forwards no frame.
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { isCanonical, numberOf } from '../../src/networks/p4runtime/bytes.ts';
import {
  type Arbitration,
  code,
  decode,
  type Entity,
  encode,
  type MessageName,
  methods,
  pipelineAction,
  responseType,
  type TableEntry,
  type Uint128,
  type Update,
  updateType,
} from '../../src/networks/p4runtime/messages.ts';

interface TableShape {
  readonly keyBits: number;
  /** By the id of an action: bits of its parameter. */
  readonly actions: Readonly<Record<number, number>>;
}

type Stream = ServerDuplexStream<Buffer, Buffer>;
interface Config {
  readonly p4info?: Uint8Array;
  readonly p4DeviceConfig?: Uint8Array;
  readonly cookie?: { readonly cookie?: string };
}

interface Failed {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

const same = (bytes: Buffer) => bytes;
const failed = (status: number, details: string): Failed => ({ code: status, details });

export class P4RuntimeStandIn {
  readonly #server = new Server();
  readonly #device: number;
  readonly #shapes: Readonly<Record<number, TableShape>>;
  readonly #reconciles: boolean;
  /** Streams by their election ids. */
  readonly #streams = new Map<Stream, bigint>();
  #entries = new Map<string, { entry: TableEntry; bytes: number; packets: number }>();
  #pipeline: Config | undefined;
  #highest = 0n;
  /** Pipelines that it was given, and what became of its tables. */
  readonly pipelines: ('kept' | 'anew')[] = [];
  address = '';

  /** `reconciles`: whether it can keep what is in its tables when it takes another pipeline, as servers before 2020 could not. */
  constructor(device: number, shapes: Readonly<Record<number, TableShape>>, reconciles = true) {
    this.#device = device;
    this.#reconciles = reconciles;
    this.#shapes = shapes;
    const unary = (path: string, work: (bytes: Buffer) => Buffer) => ({
      path,
      requestStream: false,
      responseStream: false,
      requestDeserialize: same,
      requestSerialize: same,
      responseDeserialize: same,
      responseSerialize: same,
      work,
    });
    const definitions = {
      write: unary(methods.write, (bytes) => this.#write(bytes)),
      set: unary(methods.setPipeline, (bytes) => this.#setPipeline(bytes)),
      get: unary(methods.getPipeline, (bytes) => this.#getPipeline(bytes)),
      read: { ...unary(methods.read, same), responseStream: true },
      stream: { ...unary(methods.stream, same), requestStream: true, responseStream: true },
    };
    const answering =
      (work: (bytes: Buffer) => Buffer) =>
      ({ request }: { request: Buffer }, answer: (error: Failed | null, value?: Buffer) => void) => {
        try {
          answer(null, work(request));
        } catch (error) {
          answer(error as Failed);
        }
      };
    this.#server.addService(definitions, {
      write: answering(definitions.write.work),
      set: answering(definitions.set.work),
      get: answering(definitions.get.work),
      read: (call: ServerWritableStream<Buffer, Buffer>) => this.#read(call),
      stream: (call: Stream) => this.#stream(call),
    });
  }

  /** `address`: also `unix:PATH`, which programs in other network namespaces reach. */
  start(address = '127.0.0.1:0'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
        if (error) return reject(error);
        this.address = address.startsWith('unix:') ? address : `127.0.0.1:${port}`;
        resolve();
      });
    });
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  /** Breaks all streams, as a switch does that goes away. */
  breakStreams(): void {
    for (const stream of this.#streams.keys()) stream.emit('error', { code: 14, details: 'gone' });
  }

  /** Forgets everything, as a switch does that is started anew. `p4info`: of the pipeline that somebody has given it since. */
  forget(p4info?: Uint8Array): void {
    this.#pipeline = p4info && { p4info };
    this.#entries = new Map();
  }

  /** What its tables have: `TABLE KEY` and the action with its parameter. */
  get tables(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#entries].map(([key, { entry }]) => {
        const { actionId = 0, params = [] } = entry.action?.action ?? {};
        return [key, `${actionId} ${params.map(({ value }) => numberOf(value)).join(' ')}`];
      }),
    );
  }

  /** Counts frames of an entry. */
  count(tableId: number, key: number, packets: number, bytes: number): void {
    const found = this.#entries.get(`${tableId} ${key}`);
    if (!found) throw new Error('no such entry');
    found.packets += packets;
    found.bytes += bytes;
  }

  #stream(call: Stream): void {
    call.on('data', (bytes: Buffer) => {
      const { arbitration, packet } = decode<{ arbitration?: Arbitration; packet?: object }>(
        'StreamMessageRequest',
        bytes,
      );
      if (packet) {
        const error = { canonicalCode: code.failedPrecondition, message: 'no header for packets out' };
        call.write(encode('StreamMessageResponse', { error }));
      }
      if (!arbitration) return;
      const refused = this.#refusedStream(call, arbitration);
      if (refused) call.emit('error', refused);
      else this.#elect(call, electionIn(arbitration.electionId));
    });
    const end = () => {
      if (this.#streams.delete(call)) this.#announce();
    };
    call.on('end', () => {
      end();
      call.end();
    });
    call.on('cancelled', end);
    call.on('error', end);
  }

  #refusedStream(call: Stream, { deviceId = '0', electionId }: Arbitration): Failed | undefined {
    if (Number(deviceId) !== this.#device) return failed(code.notFound, `no device ${deviceId}`);
    const election = electionIn(electionId);
    const isTaken = [...this.#streams].some(([other, id]) => other !== call && id === election);
    return isTaken ? failed(code.invalidArgument, `election id ${election} is in use`) : undefined;
  }

  #elect(call: Stream, election: bigint): void {
    this.#streams.set(call, election);
    if (election > this.#highest) this.#highest = election;
    this.#announce();
  }

  /** Everybody hears of a change, and who is the primary (5.3). */
  #announce(): void {
    const isPrimaryThere = [...this.#streams.values()].includes(this.#highest);
    for (const [stream, election] of this.#streams) {
      const isPrimary = election === this.#highest;
      const status = isPrimary
        ? { code: code.ok }
        : { code: isPrimaryThere ? code.alreadyExists : code.notFound, message: 'you are not the primary' };
      const electionId = {
        high: String(this.#highest >> 64n),
        low: String(this.#highest & (2n ** 64n - 1n)),
      };
      const arbitration = { deviceId: this.#device, electionId, status };
      stream.write(encode('StreamMessageResponse', { arbitration }));
    }
  }

  #checkPrimary({ deviceId = '0', electionId }: Arbitration): void {
    if (Number(deviceId) !== this.#device) throw failed(code.notFound, `no device ${deviceId}`);
    const election = electionIn(electionId);
    if (election !== this.#highest || ![...this.#streams.values()].includes(election))
      throw failed(code.permissionDenied, 'not the primary');
  }

  #setPipeline(bytes: Buffer): Buffer {
    type Request = Arbitration & { action?: number; config?: Config };
    const request = decode<Request>('SetForwardingPipelineConfigRequest', bytes);
    this.#checkPrimary(request);
    if (!request.config?.p4info?.length || !request.config.p4DeviceConfig?.length)
      throw failed(code.invalidArgument, 'no pipeline');
    const isKept = request.action === pipelineAction.reconcileAndCommit;
    if (isKept && !this.#reconciles) throw failed(code.unimplemented, 'it cannot reconcile');
    this.#pipeline = request.config;
    if (!isKept) this.#entries = new Map();
    this.pipelines.push(isKept ? 'kept' : 'anew');
    return encode('SetForwardingPipelineConfigResponse', {});
  }

  #getPipeline(bytes: Buffer): Buffer {
    if (!this.#pipeline) throw failed(code.failedPrecondition, 'no pipeline was set');
    const { cookie, p4info } = this.#pipeline;
    const asked = decode<{ responseType?: number }>('GetForwardingPipelineConfigRequest', bytes);
    const isDescribed = asked.responseType === responseType.p4infoAndCookie;
    const config = { ...(cookie && { cookie }), ...(isDescribed && { p4info }) };
    return encode('GetForwardingPipelineConfigResponse', { config });
  }

  #write(bytes: Buffer): Buffer {
    const request = decode<Arbitration & { updates: Update[] }>('WriteRequest', bytes);
    this.#checkPrimary(request);
    if (!this.#pipeline) throw failed(code.failedPrecondition, 'no pipeline was set');
    const errors = request.updates.map((update) => this.#update(update));
    if (errors.every((error) => error === undefined)) return encode('WriteResponse', {});
    const details = errors.map((error) => ({
      typeUrl: 'type.googleapis.com/p4.v1.Error',
      value: encode('Error', error ? { canonicalCode: error.code, message: error.details } : {}),
    }));
    const metadata = new Metadata();
    metadata.set(
      'grpc-status-details-bin',
      encode('Status', { code: code.unknown, message: 'some failed', details }),
    );
    throw { code: code.unknown, details: 'some failed', metadata } satisfies Failed;
  }

  #update({ type, entity }: Update): Failed | undefined {
    const entry = entity.tableEntry;
    const wrong =
      type === updateType.delete
        ? this.#wrongKey(entry)
        : (this.#wrongKey(entry) ?? this.#wrongAction(entry));
    if (wrong) return wrong;
    const key = `${entry.tableId} ${numberOf(entry.match[0]?.exact?.value)}`;
    const found = this.#entries.get(key);
    if (type === updateType.insert && found) return failed(code.alreadyExists, `entry ${key} is there`);
    if (type !== updateType.insert && !found) return failed(code.notFound, `entry ${key} is not there`);
    if (type === updateType.delete) this.#entries.delete(key);
    else this.#entries.set(key, { entry, packets: found?.packets ?? 0, bytes: found?.bytes ?? 0 });
    return undefined;
  }

  #wrongKey({ tableId, match }: TableEntry): Failed | undefined {
    const shape = this.#shapes[tableId ?? 0];
    if (!shape) return failed(code.notFound, `no table ${tableId}`);
    const [first, ...more] = match;
    if (first?.fieldId !== 1 || more.length > 0) return failed(code.invalidArgument, 'one field, with id 1');
    return wrongValue(first.exact?.value, shape.keyBits);
  }

  #wrongAction({ tableId, action }: TableEntry): Failed | undefined {
    const bits = this.#shapes[tableId ?? 0]?.actions[action?.action?.actionId ?? 0];
    if (bits === undefined) return failed(code.invalidArgument, 'no such action of the table');
    const [first, ...more] = action?.action?.params ?? [];
    if (first?.paramId !== 1 || more.length > 0)
      return failed(code.invalidArgument, 'one parameter, with id 1');
    return wrongValue(first.value, bits);
  }

  #read(call: ServerWritableStream<Buffer, Buffer>): void {
    const request = decode<Arbitration & { entities: Entity[] }>('ReadRequest', call.request);
    if (!this.#pipeline) {
      call.emit('error', failed(code.failedPrecondition, 'no pipeline was set'));
      return;
    }
    for (const { tableEntry, directCounterEntry } of request.entities) {
      const table = (tableEntry ?? directCounterEntry?.tableEntry)?.tableId;
      const found = [...this.#entries.values()].filter(({ entry }) => entry.tableId === table);
      // An answer for each table: they come in as many messages as the server likes.
      const entities = found.map(({ entry, bytes, packets }) =>
        tableEntry
          ? { tableEntry: entry }
          : { directCounterEntry: { tableEntry: entry, data: { byteCount: bytes, packetCount: packets } } },
      );
      call.write(encode('ReadResponse' satisfies MessageName, { entities }));
    }
    call.end();
  }
}

function wrongValue(value: Uint8Array | undefined, bits: number): Failed | undefined {
  if (!value || !isCanonical(value))
    return failed(code.invalidArgument, 'a byte string that is not canonical');
  return numberOf(value) >= 2 ** bits ? failed(3, `a value of more than ${bits} bits`) : undefined;
}

function electionIn(id: Uint128 | undefined): bigint {
  return (BigInt(id?.high ?? 0) << 64n) | BigInt(id?.low ?? 0);
}
