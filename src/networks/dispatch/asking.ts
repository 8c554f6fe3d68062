import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { ErrorCode } from '../../lib/error-codes.ts';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { sizeText } from '../../lib/size-text.ts';
import type { Entry, StateManager } from '../../state/state-manager.ts';
import { awayReason, type Nodes } from '../standard/report.ts';
import { follow } from './follow.ts';
import { type Answering, answerOf, type Question, question } from './questions.ts';

const prefix = 'asks/';
/** Bytes of JSON that an answer may have: a state that nodes share is none for large things. */
const most = 512 << 10;
/** Milliseconds until somebody who has not answered is not waited for any more; as long lives a question, in seconds. */
const patience = 8000;
const term = 10;
/** Questions that are answered at once. */
const atOnce = 4;

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

interface Parts {
  readonly shared: StateManager;
  readonly nodes: Nodes;
  /** Who answers on this node, by archetype. */
  answering(archetype: string): Answering | undefined;
  failed(error: HeddleError): void;
}

/**
 * Questions that nodes ask each other by the state that they share, which alone all of them reach: `asks/NODE/ID`, which goes with who
 * asks, and `asks/NODE/ID/answer`, which goes with the question. Who may write there may do all that a node does.
 */
export class Asking {
  readonly #parts: Parts;
  readonly #queue = new PQueue({ concurrency: atOnce });
  readonly #stop = new AbortController();
  #following: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws HeddleError what the other node answers; ERR_NODE_AWAY, ERR_STATE_UNREACHABLE */
  async ask(node: string, asked: Question): Promise<unknown> {
    const { shared, nodes } = this.#parts;
    const away = () => new HeddleError('ERR_NODE_AWAY', awayReason(node));
    if (!nodes.isPresent(node)) throw away();
    const key = `${prefix}${node}/${randomBytes(9).toString('hex')}`;
    const lease = await shared.lease(term);
    try {
      const revision = await shared.commit([{ key, revision: 0 }], [{ key, value: asked, lease }]);
      const end = AbortSignal.timeout(patience);
      for await (const { value } of shared.watch(`${key}/`, revision ?? 0, end)) {
        const { result, error } = value as Answer;
        if (error) throw new HeddleError(error.code, `node ${node}: ${error.message}`);
        return result;
      }
      throw away();
    } finally {
      // Who has answered takes the answer away when the question is gone; it may be gone itself. Both go by themselves in the end.
      await lease.release().catch(() => {});
      await shared.commit([], [{ key: answerTo(key), delete: true }]).catch(() => {});
    }
  }

  start(): void {
    const { shared, nodes, failed } = this.#parts;
    const own = `${prefix}${nodes.here}/`;
    const took = ({ key, value, revision }: Entry) => {
      if (isAnswer(key)) return;
      const until = performance.now() + patience;
      void this.#queue.add(() => this.#answer({ key, value, revision }, until));
    };
    let said: string | undefined;
    this.#following = follow(
      shared,
      own,
      {
        all: async (entries) => {
          const there = new Set(entries.map(({ key }) => key));
          for (const { key } of entries)
            if (isAnswer(key) && !there.has(questionOf(key))) await this.#forget(key);
          for (const one of entries) if (!there.has(answerTo(one.key))) took(one);
        },
        changed: ({ key, value, revision }) => {
          if (value !== undefined) took({ key, value, revision });
          else if (!isAnswer(key)) void this.#forget(answerTo(key)).catch(() => {});
        },
        failed: (error) => {
          if (error && error.message !== said) failed(error);
          said = error?.message;
        },
      },
      this.#stop.signal,
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    this.#queue.clear();
    await this.#queue.onIdle();
  }

  /** As long as the question is there, and who asks waits. */
  async #answer({ key, value: asked, revision }: Entry, until: number): Promise<void> {
    const late = new AbortController();
    const left = Math.max(0, until - performance.now());
    const answered = await Promise.race([
      this.#answered(asked),
      sleep(left, undefined, { signal: late.signal }),
    ]);
    late.abort();
    if (answered === undefined) return;
    const value = bounded(answered);
    try {
      await this.#parts.shared.commit([{ key, revision }], [{ key: answerTo(key), value }]);
    } catch (error) {
      // Whoever asks sees that nobody has answered.
      this.#parts.failed(toHeddleError(error));
    }
  }

  async #answered(asked: unknown): Promise<Answer> {
    try {
      const parsed = question.safeParse(asked);
      if (!parsed.success) throw new HeddleError('ERR_RESOURCE_INVALID', 'the question is not understood');
      const service = this.#parts.answering(parsed.data.archetype);
      if (!service) throw new HeddleError('ERR_ARCHETYPE_UNKNOWN', `there is no ${parsed.data.archetype}`);
      return { result: await answerOf(service, parsed.data) };
    } catch (error) {
      const { code, message } = toHeddleError(error);
      return { error: { code, message } };
    }
  }

  async #forget(key: string): Promise<void> {
    await this.#parts.shared.commit([], [{ key, delete: true }]);
  }
}

const end = '/answer';

function answerTo(key: string): string {
  return `${key}${end}`;
}

function isAnswer(key: string): boolean {
  return key.endsWith(end);
}

function questionOf(answer: string): string {
  return answer.slice(0, -end.length);
}

function bounded(answer: Answer): Answer {
  const size = Buffer.byteLength(JSON.stringify(answer));
  if (size <= most) return answer;
  const message = `the answer has ${sizeText(size)}, and nodes send each other ${sizeText(most)}: ask the node itself`;
  return { error: { code: 'ERR_STATE_LIMIT', message } };
}
