import { EventEmitter, on } from 'node:events';
import type { NodeLogLine, NodeLogsQuery } from '../../api/messages.ts';

/** Lines that are kept: some megabytes. */
const longest = 10_000;
/** Characters of a line. */
const widest = 8192;

const levels: Readonly<Record<number, NodeLogLine['level']>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
};
const numbers = { debug: 20, info: 30, warn: 40, error: 50 } as const;

/** What the node and its services have logged since the node started, the newest of it. */
export class Journal {
  readonly #lines: NodeLogLine[] = [];
  readonly #written = new EventEmitter().setMaxListeners(0);

  /** Takes a line as pino writes it, or any other text; `service`: who wrote it, unless it says so itself. */
  write(service: string, text: string): NodeLogLine {
    const line = lineOf(service, text.slice(0, widest).trimEnd());
    this.#lines.push(line);
    // Now and then, and not with every line.
    if (this.#lines.length > longest * 1.1) this.#lines.splice(0, this.#lines.length - longest);
    this.#written.emit('line', line);
    return line;
  }

  /** Takes a line of a service in a process of its own, and hands it on to where the node's own go. */
  pass(service: string, text: string): void {
    const { time, level, message, ...rest } = this.write(service, text);
    process.stderr.write(
      `${JSON.stringify({ level: numbers[level], time, service: rest.service, ...rest.fields, msg: message })}\n`,
    );
  }

  /** The last lines, oldest first, and then what comes, if that is asked for, until the signal aborts. */
  async *read({ service, tail, follow }: NodeLogsQuery, signal: AbortSignal): AsyncGenerator<NodeLogLine> {
    const isWanted = (line: NodeLogLine) => service === undefined || line.service === service;
    // What is written while the first are read comes after them.
    const coming = follow ? on(this.#written, 'line', { signal }) : [];
    const there = this.#lines.filter(isWanted);
    yield* there.slice(tail === undefined ? 0 : Math.max(0, there.length - tail));
    try {
      for await (const [line] of coming as AsyncIterable<[NodeLogLine]>) if (isWanted(line)) yield line;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function lineOf(service: string, text: string): NodeLogLine {
  const { level, time, msg, service: own, ...fields } = parsed(text);
  if (typeof msg !== 'string')
    return { time: new Date().toISOString(), level: 'error', service, message: text, fields: {} };
  return {
    time: typeof time === 'string' ? time : new Date().toISOString(),
    level: levels[Number(level)] ?? 'info',
    service: typeof own === 'string' ? own : service,
    message: msg,
    fields,
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
