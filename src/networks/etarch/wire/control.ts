import { decodeFields, encodeFields } from './field-codec.ts';
import { type FieldName, type Fields, longestValue, type ValueOf } from './fields.ts';

// A control message is the payload of a frame of type 0x88b5:
//
//    0      version, 1
//    1      primitive; 0x80 besides in an answer
//    2..5   id of the request, which its answer repeats
//    6..7   bytes of the fields
//    8..    fields: number, length, value; what is behind them is padding
//
// An entity sends requests to `agentGroup`, and the agent answers to the entity’s address. A request may come again when
// its answer was lost: each brings about what it names, whether that is so already or not.

/** What each primitive has to say, and what it may say. */
const requests = {
  entityRegister: { number: 1, needs: ['title'], takes: ['capabilities'] },
  entityUnregister: { number: 2, needs: ['title'], takes: [] },
  entityLookup: { number: 3, needs: ['title'], takes: [] },
  workspaceCreate: {
    number: 4,
    needs: ['title', 'workspace'],
    takes: ['access', 'requires', 'maxMembers', 'maxBandwidth'],
  },
  workspaceLookup: { number: 5, needs: ['workspace'], takes: [] },
  workspaceAttach: { number: 6, needs: ['title', 'workspace'], takes: [] },
  workspaceDetach: { number: 7, needs: ['title', 'workspace'], takes: [] },
  workspaceDelete: { number: 8, needs: ['title', 'workspace'], takes: [] },
  /** Whether the switch is through with what was sent before: whoever waits for the answer floods nobody. */
  echo: { number: 9, needs: [], takes: [] },
} as const satisfies Record<string, Rule>;

interface Rule {
  readonly number: number;
  readonly needs: readonly FieldName[];
  readonly takes: readonly FieldName[];
}

export type Primitive = keyof typeof requests;
type Needs<P extends Primitive> = (typeof requests)[P]['needs'][number];
type Takes<P extends Primitive> = (typeof requests)[P]['takes'][number];
export type RequestOf<P extends Primitive> = { readonly primitive: P } & {
  readonly [Name in Needs<P>]: ValueOf<Name>;
} & { readonly [Name in Takes<P>]?: ValueOf<Name> };
/** What an entity asks of the agent of its domain. */
export type Request = { readonly [P in Primitive]: RequestOf<P> }[Primitive];

/** Of the domain, and not only of the switch. */
export type EntityRequest = Exclude<Request, { readonly primitive: 'echo' }>;

export const primitives = Object.keys(requests) as readonly Primitive[];

/** How a request ended, by its number. */
export const statuses = [
  'ok',
  /** It is none. */
  'malformed',
  /** The title is not one that this endpoint may have, or is not registered there. */
  'notYours',
  /** There is no such entity or workspace. */
  'unknown',
  /** Another has the title, or the workspace’s address. */
  'taken',
  /** The workspace’s access rules, or what it requires, keep the entity out. */
  'refused',
  /** A limit is reached. */
  'full',
  /** The domain’s state cannot be read or changed now. */
  'unavailable',
] as const;
export type Status = (typeof statuses)[number];

export interface Answer {
  readonly status: Status;
  readonly reason?: string;
  readonly address?: string;
  readonly creator?: string;
  readonly members?: number;
  readonly maxMembers?: number;
  readonly maxBandwidth?: number;
}

const answered: Rule = {
  number: 0x80,
  needs: ['status'],
  takes: ['reason', 'address', 'creator', 'members', 'maxMembers', 'maxBandwidth'],
};

const version = 1;
const headLength = 8;
/** Bytes of a message: it fits into a frame on every network, whose MTU is no less. */
export const longestMessage = 1280;

/** @throws RangeError for one that does not fit into a frame */
export function encodeRequest(id: number, request: Request): Buffer {
  const { primitive, ...said } = request;
  return encode(requests[primitive].number, id, said);
}

/** A reason that a field does not take is cut: the status is understood all the same. */
export function encodeAnswer(id: number, primitive: number, { reason, ...answer }: Answer): Buffer {
  return encode(primitive | answered.number, id, {
    ...answer,
    status: statuses.indexOf(answer.status),
    ...(reason !== undefined && { reason: reason.replaceAll(/[^ -~]/g, '?').slice(0, longestValue) }),
  });
}

/** What came. `request` is absent where it is none; `why` says so. Nothing at all: nobody could be answered. */
export interface Received {
  readonly id: number;
  /** Its number. */
  readonly primitive: number;
  readonly request?: Request;
  readonly why?: string;
}

export function decodeRequest(payload: Buffer): Received | undefined {
  const head = decodeHead(payload);
  if (!head || (head.primitive & answered.number) !== 0) return undefined;
  const { id, primitive: number } = head;
  const primitive = primitives.find((one) => requests[one].number === number);
  if (primitive === undefined) return { id, primitive: number, why: 'no primitive has this number' };
  const said = read(payload, head.length, requests[primitive]);
  if (typeof said === 'string') return { id, primitive: number, why: said };
  return { id, primitive: number, request: { primitive, ...said } as Request };
}

/** Nothing for what is no answer. */
export function decodeAnswer(payload: Buffer): { readonly id: number; readonly answer: Answer } | undefined {
  const head = decodeHead(payload);
  if (!head || (head.primitive & answered.number) === 0) return undefined;
  const said = read(payload, head.length, answered);
  if (typeof said === 'string') return undefined;
  const status = statuses[said.status ?? -1];
  return status === undefined ? undefined : { id: head.id, answer: { ...said, status } as Answer };
}

function encode(primitive: number, id: number, said: Fields): Buffer {
  const body = encodeFields(said);
  if (headLength + body.length > longestMessage)
    throw new RangeError(`a message has at most ${longestMessage} bytes`);
  const head = Buffer.alloc(headLength);
  head.writeUInt8(version, 0);
  head.writeUInt8(primitive, 1);
  head.writeUInt32BE(id, 2);
  head.writeUInt16BE(body.length, 6);
  return Buffer.concat([head, body]);
}

function decodeHead(payload: Buffer) {
  if (payload.length < headLength || payload.readUInt8(0) !== version) return undefined;
  return {
    primitive: payload.readUInt8(1),
    id: payload.readUInt32BE(2),
    length: payload.readUInt16BE(6),
  };
}

/** A text: why they are not those of this message. */
function read(payload: Buffer, length: number, { needs, takes }: Rule): Fields | string {
  const end = headLength + length;
  if (end > payload.length || end > longestMessage) return 'its length is wrong';
  const said = decodeFields(payload.subarray(headLength, end));
  if (typeof said === 'string') return said;
  const lacking = needs.find((name) => said[name] === undefined);
  if (lacking !== undefined) return `${lacking} is missing`;
  const strange = (Object.keys(said) as FieldName[]).find(
    (name) => !needs.includes(name) && !takes.includes(name),
  );
  return strange === undefined ? said : `${strange} has no place in it`;
}
