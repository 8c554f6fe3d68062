import { HeddleError } from '../lib/errors.ts';
import type { Console } from './console.ts';
import type { Engine } from './engine.ts';
import type { HostAccess } from './host-access.ts';
import type { Images } from './images.ts';
import type { Workloads } from './workloads.ts';

/** The engine of a node that has none, and serves networks alone: whoever asks it for something hears so. */
export const none: Engine = {
  kind: 'none',
  version: '',
  endpoint: '',
  offers: new Set(),
  isThere: async () => false,
  workloads: answering<Workloads>({
    // Nothing happens to containers that cannot be.
    async *events(signal) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      yield* [];
    },
    projects: async () => [],
    networkNames: async () => new Set(),
    cannot: () => 'this node has no container engine',
  }),
  images: answering<Images>({}),
  console: answering<Console>({}),
  host: answering<HostAccess>({}),
};

/** A capability that refuses all but what is given. */
function answering<Capability extends object>(given: Partial<Capability>): Capability {
  const refuse = () =>
    Promise.reject(
      new HeddleError('ERR_ENGINE_ABSENT', 'this node has no container engine (`engine: none`)'),
    );
  return new Proxy(given, {
    get: (target, key) => Reflect.get(target, key) ?? (key === 'checkHealth' ? undefined : refuse),
  }) as Capability;
}
