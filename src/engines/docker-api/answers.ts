import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { Deadline } from '../../lib/deadline.ts';

type Modem = Dockerode['modem'];
type Request = Parameters<Modem['dial']>[0] & {
  readonly options?: { readonly t?: number };
  readonly statusCodes: Readonly<Record<number, boolean | string>>;
  readonly hijack?: boolean;
  readonly openStdin?: boolean;
  readonly abortSignal?: AbortSignal;
};
type Answer = Readable & { readonly statusCode: number };

/** Milliseconds for what an engine does at once, beside the time that the request itself gives. */
const timeout = 120_000;
/** What is not done at once: it waits for somebody, or carries much. */
const lasting = /\/(wait|archive|build|push|load|attach|logs|healthcheck|exec|images\/create)(\/|\?|$)/;

/**
 * Sees to it that each request ends. Left to itself, dockerode waits for ever for the rest of an answer, when an engine
 * is killed while it answers, and for an engine that takes a request and never answers it.
 */
export function endRequests(modem: Modem, limit = timeout): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    const request = options as Request;
    if (request.isStream || request.hijack || request.openStdin) return dial(options, callback);
    const deadline = deadlineOf(request, limit);
    const streamed = { ...request, isStream: true, statusCodes: every, abortSignal: deadline.signal };
    dial(streamed, (error, stream) => {
      const answer = stream as Answer;
      (error ? Promise.reject(error) : buffer(answer).then((body) => read(request, answer.statusCode, body)))
        .catch((cause) => Promise.reject(deadline.reason(cause)))
        .finally(() => deadline.clear())
        .then(
          (result) => callback?.(null, result as object),
          (cause) => callback?.(cause, null),
        );
    });
  };
}

/** Every status brings an answer that is to be read. */
const every = Object.fromEntries(Object.keys(STATUS_CODES).map((status) => [status, true]));

function deadlineOf({ path, options, abortSignal }: Request, limit: number): Deadline {
  const deadline = new Deadline(abortSignal);
  const time = limit + (options?.t ?? 0) * 1000;
  if (!lasting.test(path)) {
    deadline.set(time, new Error(`the engine did not answer within ${time / 1000} s`));
  }
  return deadline;
}

/** What dockerode makes of an answer. */
function read({ statusCodes }: Request, status: number, body: Buffer): unknown {
  const json = parsed(body);
  if (statusCodes[status] === true) return json ?? body;
  const { message } = (json ?? {}) as { message?: string };
  const said = message ?? body.toString();
  const error = new Error(`(HTTP code ${status}) ${statusCodes[status] ?? 'unexpected'} - ${said} `);
  throw Object.assign(error, { reason: statusCodes[status], statusCode: status, json });
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
