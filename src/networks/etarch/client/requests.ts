import { randomInt } from 'node:crypto';
import { HeddleError } from '../../../lib/errors.ts';
import {
  type Answer,
  decodeAnswer,
  type EntityRequest,
  encodeRequest,
  type Request,
} from '../wire/control.ts';

/** Milliseconds until an answer is taken for lost; twice as long each time. */
const firstTimeout = 250;
const mostTries = 6;

/** What is answered to who gives up what it has given up already. */
const whenGone: Partial<Record<Request['primitive'], Answer['status']>> = {
  workspaceDelete: 'unknown',
  workspaceDetach: 'unknown',
  entityUnregister: 'notYours',
};

interface Waiting {
  answer(answer: Answer): void;
  end(error: HeddleError): void;
}

/** What is asked of the agent of a domain, again where no answer comes. */
export class Requests {
  readonly #send: (payload: Buffer) => void;
  readonly #waiting = new Map<number, Waiting>();
  /** Nobody who was here before has asked with the same. */
  #last = randomInt(2 ** 32);

  constructor(send: (payload: Buffer) => void) {
    this.#send = send;
  }

  /** @throws HeddleError ERR_ETARCH with why it is refused, ERR_TIMEOUT when nobody answers */
  async ask(request: EntityRequest): Promise<Answer> {
    const { answer, tries } = await this.#answered(request, mostTries);
    // An answer before this one was lost: it said that what was given up is gone.
    const isDone = tries > 1 && answer.status === whenGone[request.primitive];
    if (answer.status === 'ok' || isDone) return answer;
    const what = 'workspace' in request ? request.workspace : request.title;
    throw new Refused(`${what}: ${answer.reason ?? answer.status}`, answer.status);
  }

  /** Returns when the switch is through with all that was sent before, or when nobody says so within a moment. */
  async echo(): Promise<void> {
    await this.#answered({ primitive: 'echo' }, 1).catch(() => {});
  }

  /** A payload that an agent sent. */
  take(payload: Buffer): void {
    const received = decodeAnswer(payload);
    if (received) this.#waiting.get(received.id)?.answer(received.answer);
  }

  end(error: HeddleError): void {
    for (const waiting of this.#waiting.values()) waiting.end(error);
  }

  async #answered(
    request: Request,
    most: number,
  ): Promise<{ readonly answer: Answer; readonly tries: number }> {
    this.#last = (this.#last + 1) >>> 0;
    const id = this.#last;
    const payload = encoded(id, request);
    return new Promise((resolve, reject) => {
      let tries = 0;
      let timer: NodeJS.Timeout;
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        settle();
      };
      const send = () => {
        if (tries >= most)
          return end(() => reject(new HeddleError('ERR_TIMEOUT', 'no agent of a domain answers', { hint })));
        this.#send(payload);
        timer = setTimeout(send, firstTimeout * 2 ** tries);
        tries += 1;
      };
      this.#waiting.set(id, {
        answer: (answer) => end(() => resolve({ answer, tries })),
        end: (error) => end(() => reject(error)),
      });
      send();
    });
  }
}

const hint = 'see that the interface is an endpoint of a network of etarch, and that the node runs';

/** An agent did not do what it was asked for; `status` says how a program may go on. */
export class Refused extends HeddleError {
  readonly status: Answer['status'];

  constructor(message: string, status: Answer['status']) {
    super('ERR_ETARCH', message);
    this.status = status;
  }
}

function encoded(id: number, request: Request): Buffer {
  try {
    return encodeRequest(id, request);
  } catch (cause) {
    throw new HeddleError('ERR_ETARCH', (cause as Error).message, { cause });
  }
}

export function isRefused(error: unknown, status: Answer['status']): error is Refused {
  return error instanceof Refused && error.status === status;
}
