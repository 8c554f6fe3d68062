import type { Readable } from 'node:stream';
import type { ContainerArchive } from '../engines/console.ts';
import { nameRules } from '../lib/names.ts';
import type { Of, Taken } from '../lib/schema.ts';
import * as z from '../lib/zod.ts';

/**
 * One route of the API. Its schemas are written here once: the types of the server and of the client, the checks of
 * requests and the OpenAPI document follow from them.
 */
export interface Contract {
  /** Method and path, as fastify writes them: `GET /v1/applications/:project`. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;
  readonly summary: string;
  readonly params?: z.ZodObject;
  /** Absent: it takes none. */
  readonly query?: z.ZodObject;
  /** Those that it reads, in lower case. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** How the body comes. Absent: as one JSON value; `lines`: as a JSON line each; `archive`: as a tar archive. */
  readonly takes?: 'lines' | 'archive';
  readonly answer: z.ZodType;
  /**
   * How the answer is sent. Absent: as one JSON value; `operation`: events, a JSON line each, to the end of some work;
   * `events`: server-sent events, whose ids are the revisions of what is sent.
   */
  readonly sends?: 'lines' | 'operation' | 'events' | 'text' | 'archive';
}

/** What a request says, checked, and how its client is told. */
export interface Asked<C extends Contract> {
  readonly params: Part<C, 'params'>;
  readonly query: Part<C, 'query'>;
  readonly headers: Part<C, 'headers'>;
  readonly body: C['takes'] extends 'lines'
    ? AsyncIterable<Part<C, 'body'>>
    : C['takes'] extends 'archive'
      ? Readable
      : Part<C, 'body'>;
  /** Aborts when the client does not listen any more. */
  readonly gone: AbortSignal;
  /** To the client of an operation. */
  readonly report: (event: Of<C['answer']>) => void;
}

export type Answer<C extends Contract> = C['sends'] extends 'operation'
  ? Promise<void>
  : C['sends'] extends 'lines' | 'events'
    ? AsyncIterable<Of<C['answer']>>
    : C['sends'] extends 'archive'
      ? Promise<ContainerArchive>
      : Promise<Of<C['answer']>> | Of<C['answer']>;

/** What a client says in a request. */
export type Said<C extends Contract> = SaidPart<C, 'params'> &
  SaidPart<C, 'query'> &
  SaidPart<C, 'headers'> &
  SaidPart<C, 'body'>;

type Part<C, Name extends string> =
  C extends Readonly<Record<Name, infer Schema extends z.ZodType>> ? Of<Schema> : undefined;
type SaidPart<C, Name extends string> =
  C extends Readonly<Record<Name, infer Schema extends z.ZodType>>
    ? Readonly<Record<Name, Taken<Schema>>>
    : unknown;

/** A route with what answers it. `Host` is what it is answered from. */
export interface Route<Host> {
  readonly contract: Contract;
  readonly handle: (host: Host, asked: never) => unknown;
}

export function route<Host, const C extends Contract>(
  contract: C,
  handle: (host: Host, asked: Asked<C>) => Answer<C>,
): Route<Host> {
  return { contract, handle };
}

/** Of a route that is about an application. */
export const ofProject = z.strictObject({
  project: z.string().regex(nameRules.project, 'is no name of a project'),
});

/** Every list and text that a client sends has a limit. */
export const serviceNames = z.array(z.string().max(255)).max(10_000);
