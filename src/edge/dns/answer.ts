import type { Body } from './body.ts';
import { answerSubnet, isSubnet, readSubnet, type Subnet } from './client-subnet.ts';
import type { CookieCheck, Cookies } from './cookies.ts';
import {
  type Edns,
  type EdnsOption,
  encodeEdns,
  errorOption,
  extendedError,
  option,
  payloadSize,
} from './edns.ts';
import { type Query, readQuery } from './query.ts';
import type { RateDecision } from './rate-limit.ts';
import { headerLength, rcode, recordType } from './wire.ts';
import type { Zone } from './zone.ts';

/** Who asks, how, and when. */
export interface Client {
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  /** Milliseconds on a clock that is never set. */
  readonly now: number;
}

export interface AnswerOptions {
  /** Names this server to those that ask (RFC 5001). */
  readonly nsid?: string;
  readonly cookies: Cookies;
  /** Told of each message, and of the type that it asks for; nothing: it is no proper query. */
  asked?(type: number | undefined, transport: Client['transport']): void;
  /** Asked before an answer over UDP, unless a cookie proves that the client reads it. */
  limit?(address: string, now: number): RateDecision;
  /** Whether a client is a resolver that asks for many others, and is not limited. */
  isForwarder?(address: string): boolean;
  /** Whether answers differ by the network of a client: else forwarders ask once for all. */
  hasClientSites?(): boolean;
  /** The zone as clients in a network are to see it; asked for what forwarders ask. Nothing: as all are. */
  zoneFor?(subnet: Subnet): Zone | undefined;
}

const smallestPayload = 512;
const largest = 65_535;
const classIn = 1;

const refused: Body = empty(rcode.refused);
const notReady: Body = empty(rcode.serverFailure);

/**
 * Answers one message: pure, but for the encoded answers that the zone keeps.
 * @param zone nothing as long as no view has come
 * @returns nothing when there is nothing to be said: to responses, to what has no header, to who asks too often
 */
export function answer(
  bytes: Buffer,
  client: Client,
  zone: Zone | undefined,
  options: AnswerOptions,
): Buffer | undefined {
  const read = readQuery(bytes);
  const query = typeof read === 'object' ? read : undefined;
  options.asked?.(query?.type, client.transport);
  if (read === undefined) return undefined;
  const said = query?.edns && readOptions(query.edns, client, options);
  const verdict = said?.cookie?.proven ? 'answer' : limitOf(client, options);
  if (verdict === 'drop') return undefined;
  if (!query) return headerOnly(bytes, read as number);
  if (said === null) return headerOnly(bytes, rcode.formatError);
  if (verdict === 'slip')
    return truncated(query, rcode.noError, query.edns && encodeEdns(query.edns.dnssec, 0, []));
  if (query.edns && query.edns.version > 0) return small(query, rcode.badVersion);
  const special = specialCode(query);
  if (special !== undefined) return small(query, special);
  return answerFrom(query, client, zone, said, options);
}

function limitOf({ transport, address, now }: Client, { limit, isForwarder }: AnswerOptions): RateDecision {
  if (transport === 'tcp' || !limit || isForwarder?.(address)) return 'answer';
  return limit(address, now);
}

/** What the client's options come to; null when one is malformed. */
interface Said {
  readonly cookie?: CookieCheck;
}

/** The network of the client that a forwarder asks for. Others name what they like: nobody else's word counts. */
function honoured({ subnet }: Edns, { address }: Client, options: AnswerOptions): Subnet | undefined {
  const counts = options.hasClientSites?.() && options.isForwarder?.(address);
  return subnet && counts ? readSubnet(subnet) : undefined;
}

const saidNothing: Said = {};

function readOptions(edns: Edns, { address, now }: Client, options: AnswerOptions): Said | null {
  if (!edns.cookie && !edns.subnet) return saidNothing;
  const cookie = edns.cookie && options.cookies.check(edns.cookie, address, Math.floor(now / 1000));
  if ((edns.cookie && !cookie) || (edns.subnet && !isSubnet(edns.subnet))) return null;
  return cookie ? { cookie } : saidNothing;
}

/** Classes and types that are not answered from the zone (RFC 6895, 3.1). */
function specialCode({ class: asked, type }: Query): number | undefined {
  if (asked !== classIn) return rcode.refused;
  if (type === recordType.AXFR) return rcode.refused;
  if (type === recordType.OPT || (type >= 249 && type < 255)) return rcode.notImplemented;
  return undefined;
}

function answerFrom(
  query: Query,
  client: Client,
  zone: Zone | undefined,
  said: Said | undefined,
  options: AnswerOptions,
): Buffer {
  const subnet = query.edns && honoured(query.edns, client, options);
  const seen = (subnet && options.zoneFor?.(subnet)) ?? zone;
  const found = seen ? (seen.find(query.name, query.type) ?? refused) : notReady;
  const edns =
    query.edns && ednsFor(query.edns, found, zone, { ...said, scope: subnet?.prefix ?? 0 }, options);
  if (found === refused) return small(query, rcode.refused, edns);
  const space =
    client.transport === 'tcp'
      ? largest
      : Math.max(smallestPayload, Math.min(payloadSize, query.edns?.size ?? smallestPayload));
  const length = query.end + (edns?.length ?? 0);
  if (length + found.bytes.length <= space) return assemble(query, found, found.bytes.length, edns, false);
  if (length + found.needed <= space) return assemble(query, found, found.needed, edns, false);
  return truncated(query, found.rcode, edns);
}

const plainEdns = new Map([false, true].map((dnssec) => [dnssec, encodeEdns(dnssec, 0, [])]));

/** The OPT record of an answer; mostly the same for all. */
function ednsFor(
  edns: Edns,
  found: Body,
  zone: Zone | undefined,
  said: Said & { readonly scope: number },
  { nsid }: AnswerOptions,
): Buffer {
  const error = errorOf(found, zone);
  if (!edns.nsid && !edns.cookie && !edns.subnet && error === undefined) {
    return plainEdns.get(edns.dnssec) as Buffer;
  }
  const options: EdnsOption[] = [];
  if (edns.nsid && nsid !== undefined) options.push({ code: option.nsid, data: Buffer.from(nsid) });
  if (said.cookie) options.push({ code: option.cookie, data: said.cookie.data });
  if (edns.subnet) options.push({ code: option.clientSubnet, data: answerSubnet(edns.subnet, said.scope) });
  if (error !== undefined) options.push(errorOption(error));
  return encodeEdns(edns.dnssec, 0, options);
}

function errorOf(found: Body, zone: Zone | undefined): number | undefined {
  if (!zone) return extendedError.notReady;
  if (!zone.stale || found === refused) return undefined;
  return found.rcode === rcode.nameError ? extendedError.staleNameError : extendedError.staleAnswer;
}

/** Header, question, as much of a body, and the OPT record. The question is the client's own, letter by letter. */
function assemble(query: Query, body: Body, length: number, edns: Buffer | undefined, tc: boolean): Buffer {
  const { bytes, end } = query;
  const answer = Buffer.allocUnsafe(end + length + (edns?.length ?? 0));
  bytes.copy(answer, 0, 0, end);
  if (length > 0) body.bytes.copy(answer, end, 0, length);
  edns?.copy(answer, end + length);
  const isOurs = body.rcode === rcode.noError || body.rcode === rcode.nameError;
  answer[2] = 0x80 | (isOurs ? 0x04 : 0) | (tc ? 0x02 : 0) | ((bytes[2] as number) & 0x01);
  answer[3] = body.rcode & 15;
  const additionals = (length > body.needed ? body.additionals : 0) + (edns ? 1 : 0);
  answer[6] = body.answers >> 8;
  answer[7] = body.answers & 255;
  answer[8] = 0;
  answer[9] = body.authorities;
  answer[10] = additionals >> 8;
  answer[11] = additionals & 255;
  return answer;
}

function empty(code: number): Body {
  const bytes = Buffer.alloc(0);
  return { rcode: code, answers: 0, authorities: 0, additionals: 0, bytes, needed: 0 };
}

/** Says that the answer is longer than what goes over UDP: ask over TCP. */
function truncated(query: Query, code: number, edns: Buffer | undefined): Buffer {
  return assemble(query, empty(code), 0, edns, true);
}

/** An answer that is no larger than its question: whoever forged an address gains nothing. */
function small(query: Query, code: number, edns?: Buffer): Buffer {
  if (edns && query.end + edns.length <= query.bytes.length)
    return assemble(query, empty(code), 0, edns, false);
  return assemble(query, empty(code), 0, query.edns && encodeEdns(query.edns.dnssec, code >> 4, []), false);
}

/** What is said to a message whose question cannot be repeated. */
export function headerOnly(bytes: Buffer, code: number): Buffer {
  const answer = Buffer.alloc(headerLength);
  bytes.copy(answer, 0, 0, 2);
  answer[2] = 0x80 | ((bytes[2] as number) & 0x79);
  answer[3] = code;
  return answer;
}
