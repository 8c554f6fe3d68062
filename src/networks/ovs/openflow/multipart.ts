import { joined, malformed, type Reader, textBytes, u8, u16, u32, u64, zeros } from './bytes.ts';
import { type CountedFlow, decodeCountedFlow, encodeCountedFlow } from './flow.ts';
import { decodeMatch, encodeMatch } from './match.ts';
import { decodeMeter, encodeMeter, type Meter } from './meter.ts';
import { allMeters, anyGroup, multipart, port } from './numbers.ts';
import { decodePort, encodePort, type SwitchPort } from './port.ts';

/** What a controller asks (OpenFlow 1.3.5, A.3.5). */
export type MultipartRequest =
  | { readonly kind: 'description' | 'table' | 'meterConfig' | 'ports' }
  | { readonly kind: 'portStats'; readonly port: number }
  | { readonly kind: 'flow'; readonly table: number; readonly cookie: bigint; readonly cookieMask: bigint };

/** A part of the answer. */
export type MultipartReply =
  | { readonly kind: 'description'; readonly description: Description }
  | { readonly kind: 'flow'; readonly flows: readonly CountedFlow[] }
  | { readonly kind: 'table'; readonly tables: readonly TableCounters[] }
  | { readonly kind: 'portStats'; readonly ports: readonly PortCounters[] }
  | { readonly kind: 'meterConfig'; readonly meters: readonly Meter[] }
  | { readonly kind: 'ports'; readonly ports: readonly SwitchPort[] };

export interface Description {
  readonly manufacturer: string;
  readonly hardware: string;
  readonly software: string;
  readonly serial: string;
  readonly datapath: string;
}

export interface TableCounters {
  readonly table: number;
  readonly active: number;
  readonly lookups: bigint;
  readonly matches: bigint;
}

export interface PortCounters {
  readonly port: number;
  readonly rx: Counters;
  readonly tx: Counters;
}

interface Counters {
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly dropped: bigint;
  readonly errors: bigint;
}

export function encodeMultipartRequest(request: MultipartRequest): Buffer {
  const head = joined(u16(multipart[request.kind]), u16(0), zeros(4));
  if (request.kind === 'portStats') return joined(head, u32(request.port), zeros(4));
  if (request.kind === 'meterConfig') return joined(head, u32(allMeters), zeros(4));
  if (request.kind !== 'flow') return head;
  const { table, cookie, cookieMask } = request;
  const any = joined(u32(port.any), u32(anyGroup), zeros(4));
  return joined(head, u8(table), zeros(3), any, u64(cookie), u64(cookieMask), encodeMatch({}));
}

export function decodeMultipartRequest(reader: Reader): MultipartRequest {
  const { kind } = decodeHead(reader);
  if (kind === 'portStats') return { kind, port: reader.u32() };
  if (kind !== 'flow') return { kind };
  const table = reader.u8();
  reader.skip(3 + 12);
  const cookie = reader.u64();
  const cookieMask = reader.u64();
  decodeMatch(reader);
  return { kind, table, cookie, cookieMask };
}

export function encodeMultipartReply(reply: MultipartReply, more: boolean): Buffer {
  return joined(u16(multipart[reply.kind]), u16(more ? 1 : 0), zeros(4), ...partsOf(reply));
}

function partsOf(reply: MultipartReply): Buffer[] {
  switch (reply.kind) {
    case 'description': {
      const { manufacturer, hardware, software, serial, datapath } = reply.description;
      return [
        ...[manufacturer, hardware, software].map((text) => textBytes(text, 256)),
        textBytes(serial, 32),
        textBytes(datapath, 256),
      ];
    }
    case 'flow':
      return reply.flows.map(encodeCountedFlow);
    case 'table':
      return reply.tables.map(({ table, active, lookups, matches }) =>
        joined(u8(table), zeros(3), u32(active), u64(lookups), u64(matches)),
      );
    case 'portStats':
      return reply.ports.map(({ port: number, rx, tx }) =>
        joined(
          joined(u32(number), zeros(4)),
          ...[rx.packets, tx.packets, rx.bytes, tx.bytes].map(u64),
          ...[rx.dropped, tx.dropped, rx.errors, tx.errors].map(u64),
          zeros(40),
        ),
      );
    case 'meterConfig':
      return reply.meters.map(encodeMeter);
    case 'ports':
      return reply.ports.map(encodePort);
  }
}

/** `more`: that further parts follow. */
export function decodeMultipartReply(reader: Reader): {
  readonly reply: MultipartReply;
  readonly more: boolean;
} {
  const { kind, more } = decodeHead(reader);
  return { reply: decodeReply(kind, reader), more };
}

function decodeReply(kind: MultipartReply['kind'], reader: Reader): MultipartReply {
  switch (kind) {
    case 'description':
      return {
        kind,
        description: {
          manufacturer: reader.text(256),
          hardware: reader.text(256),
          software: reader.text(256),
          serial: reader.text(32),
          datapath: reader.text(256),
        },
      };
    case 'flow':
      return { kind, flows: several(reader, decodeCountedFlow) };
    case 'table':
      return { kind, tables: several(reader, decodeTable) };
    case 'portStats':
      return { kind, ports: several(reader, decodePortCounters) };
    case 'meterConfig':
      return { kind, meters: several(reader, decodeMeter) };
    case 'ports':
      return { kind, ports: several(reader, decodePort) };
  }
}

function decodeTable(reader: Reader): TableCounters {
  const table = reader.u8();
  reader.skip(3);
  return { table, active: reader.u32(), lookups: reader.u64(), matches: reader.u64() };
}

function decodePortCounters(whole: Reader): PortCounters {
  const reader = whole.part(112);
  const number = reader.u32();
  reader.skip(4);
  const [rxPackets, txPackets, rxBytes, txBytes] = [reader.u64(), reader.u64(), reader.u64(), reader.u64()];
  const [rxDropped, txDropped, rxErrors, txErrors] = [reader.u64(), reader.u64(), reader.u64(), reader.u64()];
  return {
    port: number,
    rx: { packets: rxPackets, bytes: rxBytes, dropped: rxDropped, errors: rxErrors },
    tx: { packets: txPackets, bytes: txBytes, dropped: txDropped, errors: txErrors },
  };
}

function several<One>(reader: Reader, decode: (reader: Reader) => One): One[] {
  const all: One[] = [];
  while (reader.left > 0) all.push(decode(reader));
  return all;
}

function decodeHead(reader: Reader): { readonly kind: MultipartReply['kind']; readonly more: boolean } {
  const type = reader.u16();
  const more = (reader.u16() & 1) === 1;
  reader.skip(4);
  const kind = (Object.keys(multipart) as MultipartReply['kind'][]).find((one) => multipart[one] === type);
  if (kind === undefined) throw malformed(`a multipart message of type ${type} is not known`);
  return { kind, more };
}
