import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Cluster } from '../../../engines/kubernetes/cluster.ts';
import { withRemedy } from '../../../engines/kubernetes/remedy.ts';
import type { Notice } from '../source.ts';
import { EventBudget } from './event-budget.ts';

/** A Service that somebody is to be told something of. */
export interface ObjectReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventTimes {
  /** Milliseconds from one event to the next: an API server has other things to do. */
  readonly apart: number;
  /** After which what still holds is said again: it keeps events for an hour. */
  readonly again: number;
  /** Of silence after it took none. */
  readonly pause: number;
}
const usual: EventTimes = { apart: 200, again: 20 * 60_000, pause: 60_000 };

/** Milliseconds that an answer may take. */
const timeout = 10_000;
/** What it takes (events.k8s.io/v1 Event). */
const longest = { note: 1024, instance: 128 };
/** What waits to be said: beyond that, what comes is not. */
const waitingAtMost = 1000;
const exists = 409;

interface Saying {
  readonly about: ObjectReference;
  readonly notice: Notice;
}

/**
 * Says to owners of Services what became of them, as events there (`kubectl describe service`). Each has a name that follows
 * from what it says, so that it is there once, whoever says it how often.
 */
export class ServiceEvents {
  readonly #cluster: Pick<Cluster, 'ask'>;
  readonly #remark: (problem: string) => void;
  readonly #times: EventTimes;
  readonly #closed = new AbortController();
  readonly #budget = new EventBudget();
  /** All that holds now, by the name of its event. */
  #sayings: ReadonlyMap<string, Saying> = new Map();
  /** When what was said, by `performance.now()`. */
  readonly #said = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isSaying = false;
  /** When it may say something again, by `performance.now()`. */
  #notBefore = 0;
  #problem: string | undefined;

  /** @param remark told why events cannot be written, once */
  constructor(cluster: Pick<Cluster, 'ask'>, remark: (problem: string) => void, times = usual) {
    this.#cluster = cluster;
    this.#remark = remark;
    this.#times = times;
  }

  /** Takes all that is to be said now. */
  take(all: Iterable<readonly [ObjectReference, readonly Notice[]]>): void {
    const sayings = new Map<string, Saying>();
    for (const [about, notices] of all)
      for (const notice of notices)
        if (sayings.size < waitingAtMost) sayings.set(nameOf(about, notice), { about, notice });
    this.#sayings = sayings;
    for (const name of this.#said.keys()) if (!sayings.has(name)) this.#said.delete(name);
    if (sayings.size > 0) this.#plan(0);
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Goes on after so many milliseconds, or sooner if it was to go on sooner, but not while it is to be silent. */
  #plan(milliseconds: number): void {
    if (this.#closed.signal.aborted || this.#isSaying) return;
    const wait = Math.max(milliseconds, this.#notBefore - performance.now());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#sayNext(), wait).unref();
  }

  async #sayNext(): Promise<void> {
    const now = performance.now();
    const { again } = this.#times;
    const next = [...this.#sayings].find(([name]) => now - (this.#said.get(name) ?? -again) >= again);
    if (!next) {
      if (this.#sayings.size > 0) this.#plan(again / 10);
      return;
    }
    this.#isSaying = true;
    this.#notBefore = (await this.#say(...next)) + performance.now();
    this.#isSaying = false;
    this.#plan(0);
  }

  /** @returns how long to be silent after it */
  async #say(name: string, { about, notice }: Saying): Promise<number> {
    const path = `/apis/events.k8s.io/v1/namespaces/${about.namespace}/events`;
    // What is too much is taken for said.
    if (!this.#budget.take(about.uid, performance.now())) {
      this.#said.set(name, performance.now());
      return 0;
    }
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(timeout)]);
    try {
      await this.#cluster.ask('POST', path, eventOf(name, about, notice, new Date()), signal);
    } catch (error) {
      if ((error as { status?: number }).status !== exists) {
        this.#budget.giveBack(about.uid);
        return this.#failed(error as Error);
      }
    }
    this.#problem = undefined;
    this.#said.set(name, performance.now());
    return this.#times.apart;
  }

  #failed(error: Error): number {
    if (this.#closed.signal.aborted) return 0;
    const problem = `events on Services cannot be written: ${withRemedy(error)}`;
    if (problem !== this.#problem) this.#remark(problem);
    this.#problem = problem;
    return this.#times.pause;
  }
}

function nameOf({ name, uid }: ObjectReference, { reason, message }: Notice): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([uid, reason, message]))
    .digest('hex');
  return `${name}.${digest.slice(0, 16)}`;
}

/** A text of so many bytes at most, and of whole characters. */
function cut(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  if (whole.length <= bytes) return text;
  return whole
    .subarray(0, bytes - 4)
    .toString()
    .replace(/\ufffd$/, '');
}

function eventOf(event: string, { namespace, name, uid }: ObjectReference, notice: Notice, now: Date) {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: event, namespace },
    // Kubernetes' MicroTime.
    eventTime: now.toISOString().replace('Z', '000Z'),
    reportingController: 'heddle.io/edge-controller',
    reportingInstance: hostname().slice(0, longest.instance),
    action: 'Publish',
    reason: notice.reason,
    regarding: { apiVersion: 'v1', kind: 'Service', namespace, name, uid },
    note: cut(notice.message, longest.note),
    type: notice.isWarning ? 'Warning' : 'Normal',
  };
}
