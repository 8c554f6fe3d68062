import type Docker from 'dockerode';
import { label } from '../../lib/labels.ts';
import { lines } from '../../lib/lines.ts';
import type { EngineEvent, EventSpan } from '../observed.ts';
import { asking } from './errors.ts';

/**
 * What happens to containers of Heddle's, and to their networks, until the signal aborts.
 * @throws HeddleError ERR_ENGINE
 */
export async function* events(
  api: Docker,
  signal: AbortSignal,
  span: EventSpan = {},
): AsyncGenerator<EngineEvent> {
  const stream = await asking('listening to the engine', () =>
    // Not filtered by label: Podman 4.3 compares a label's value, and for a name alone it lets nothing pass.
    api.getEvents({
      abortSignal: signal,
      filters: { type: ['container', 'network'] },
      ...(span.since !== undefined && { since: span.since }),
      ...(span.until !== undefined && { until: span.until }),
    }),
  );
  for await (const line of lines(stream)) {
    if (line.trim() === '') continue;
    const event = JSON.parse(line) as RawEvent;
    const subject = event.Type === 'network' ? await connected(api, event) : ofContainer(event);
    if (subject?.labels[label.project] === undefined) continue;
    const word = (event.Action ?? '').replace(/:.*$/, '');
    yield {
      ...subject,
      word: dockersWords[word] ?? word,
      action: actions[word] ?? 'other',
      time: event.timeNano ? Math.round(event.timeNano / 1e6) : (event.time ?? 0) * 1000,
    };
  }
}

type Subject = Pick<EngineEvent, 'id' | 'image' | 'container' | 'labels'>;

interface RawEvent {
  readonly Type?: string;
  readonly Action?: string;
  readonly id?: string;
  readonly from?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Record<string, string> };
  readonly time?: number;
  readonly timeNano?: number;
}

/** Podman's words that Docker has others for. */
const dockersWords: Readonly<Record<string, string>> = { died: 'die', remove: 'destroy' };

/** Both engines' words for what happens. */
const actions: Readonly<Record<string, EngineEvent['action']>> = {
  create: 'create',
  start: 'start',
  pause: 'pause',
  unpause: 'pause',
  die: 'die',
  died: 'die',
  destroy: 'remove',
  remove: 'remove',
  health_status: 'health',
  connect: 'connect',
  disconnect: 'connect',
};

function ofContainer(event: RawEvent): Subject {
  const attributes = event.Actor?.Attributes ?? {};
  return {
    id: event.Actor?.ID ?? event.id ?? '',
    image: attributes['image'] ?? event.from ?? '',
    container: attributes['name'] ?? '',
    labels: attributes,
  };
}

/** The container that came onto a network or left it: of networks, engines tell nothing else of it than its ID. */
async function connected(api: Docker, event: RawEvent): Promise<Subject | undefined> {
  if (event.Action !== 'connect' && event.Action !== 'disconnect') return undefined;
  // Docker's events are the network's, Podman's the container's.
  const id = event.Actor?.Attributes?.['container'] ?? event.Actor?.ID;
  if (!id) return undefined;
  // What is gone again has no networks either.
  const container = await api
    .getContainer(id)
    .inspect()
    .catch(() => undefined);
  if (!container) return undefined;
  const { Image, Labels } = container.Config;
  return { id, image: Image, container: container.Name.replace(/^\//, ''), labels: Labels ?? {} };
}
