import { ApiError } from './api-error.ts';

/** What happened to an object, or how far the server is (kubernetes.io, "API Concepts", "Efficient detection of changes"). */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

/** Characters of one event: the API server takes objects of 3 MB at most. */
const longest = 8_000_000;

/**
 * The events of a watch, a line each, wherever the chunks end. A line that a lost connection cut off is none.
 * @throws ApiError for the event ERROR; SyntaxError for what is no event
 */
export async function* eventsOf<T>(body: AsyncIterable<Buffer>): AsyncGenerator<WatchEvent<T>> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longest) throw new SyntaxError('an event does not end');
    for (const line of lines) if (line !== '') yield eventOf(line);
  }
}

function eventOf<T>(line: string): WatchEvent<T> {
  const { type, object } = JSON.parse(line);
  if (type === 'ERROR') throw new ApiError(object?.code ?? 0, JSON.stringify(object));
  if (types.has(type) && typeof object?.metadata?.resourceVersion === 'string') return { type, object };
  throw new SyntaxError(`the event ${String(type).slice(0, 40)} is not understood`);
}

const types = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);
