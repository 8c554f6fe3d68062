import type { Change, Entry, StateManager } from './state-manager.ts';

/** The part of a state under a prefix, as a state of its own. It is closed with the whole. */
export function prefixed(state: StateManager, prefix: string): StateManager {
  const whole = (key: string) => `${prefix}${key}`;
  const own = <Of extends Pick<Entry, 'key'>>(entry: Of): Of => ({
    ...entry,
    key: entry.key.slice(prefix.length),
  });
  return {
    get isCurrent() {
      return state.isCurrent;
    },
    get: async (key) => {
      const entry = await state.get(whole(key));
      return entry && own(entry);
    },
    list: async (under) => {
      const { entries, revision } = await state.list(whole(under));
      return { entries: entries.map(own), revision };
    },
    commit: (conditions, changes) =>
      state.commit(
        conditions.map((one) => ({ ...one, key: whole(one.key) })),
        changes.map((one): Change => ({ ...one, key: whole(one.key) })),
      ),
    watch: async function* (under, after, signal) {
      for await (const changed of state.watch(whole(under), after, signal)) yield own(changed);
    },
    lease: (seconds) => state.lease(seconds),
    close: async () => {},
  };
}
