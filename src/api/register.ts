import { PassThrough, type Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ContainerArchive } from '../engines/console.ts';
import { lines } from '../lib/lines.ts';
import * as z from '../lib/zod.ts';
import { checkRequest, refusal } from './check-request.ts';
import type { Contract, Route } from './contract.ts';
import { type Revised, sendArchive, sendEvents, sendLines, sendOperation } from './stream.ts';

const nothing = z.strictObject({});
export const jsonLines = 'application/x-ndjson';
export const tar = 'application/x-tar';

/** Makes a server answer routes from their host. */
export function registerRoutes<Host>(
  server: FastifyInstance,
  routes: readonly Route<Host>[],
  host: Host,
  bodyLimit?: number,
): void {
  server.setValidatorCompiler(checkRequest);
  for (const type of [jsonLines, tar]) {
    if (!server.hasContentTypeParser(type))
      server.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }
  for (const { contract, handle } of routes) {
    const [method = '', url = ''] = contract.route.split(' ');
    const { params = nothing, query = nothing, headers, body } = contract;
    server.route({
      method,
      url,
      schema: {
        params,
        querystring: query,
        ...(headers && { headers }),
        ...(body && contract.takes === undefined && { body }),
      },
      ...(bodyLimit !== undefined && { bodyLimit }),
      // What passes through is not kept in memory.
      ...(contract.takes === 'archive' && { bodyLimit: Number.MAX_SAFE_INTEGER }),
      handler: (request, reply) => answer(contract, handle as Handle<Host>, host, request, reply),
    });
  }
}

type Handle<Host> = (host: Host, asked: object) => unknown;

function answer<Host>(
  contract: Contract,
  handle: Handle<Host>,
  host: Host,
  request: FastifyRequest,
  reply: FastifyReply,
): unknown {
  const { params, query, headers } = request;
  const body = contract.takes === 'lines' ? checkedLines(contract, request.body as Readable) : request.body;
  const asked = { params, query, headers, body };
  if (contract.sends === 'operation')
    return sendOperation(reply, (report, gone) => handle(host, { ...asked, report, gone }) as Promise<void>);
  const answered = handle(host, { ...asked, gone: goneWith(reply) });
  if (contract.sends === 'events') return sendEvents(reply, answered as AsyncIterable<Revised>);
  if (contract.sends === 'lines') return sendLines(reply, answered as AsyncIterable<unknown>);
  if (contract.sends === 'archive') return sendArchive(reply, answered as Promise<ContainerArchive>);
  if (contract.sends === 'text') void reply.type('text/plain; version=0.0.4; charset=utf-8');
  return Promise.resolve(answered);
}

/** @throws HeddleError ERR_USAGE at the first line that is not what the contract says */
async function* checkedLines({ body }: Contract, stream: Readable): AsyncGenerator<unknown> {
  // Not the body itself: to stop reading that would close the connection, before the client was told why.
  for await (const line of lines(stream.pipe(new PassThrough()))) {
    const checked = (body ?? nothing).safeParse(parsed(line));
    if (!checked.success) throw refusal('body', checked.error);
    yield checked.data;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Aborts when the client goes away: what it was told ends with it. */
function goneWith(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.on('close', () => gone.abort());
  return gone.signal;
}
