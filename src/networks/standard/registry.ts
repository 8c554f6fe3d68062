import { prefixed } from '../../state/prefixed.ts';
import type { StateManager } from '../../state/state-manager.ts';

/** What an archetype keeps besides networks and endpoints. */
export function registryOf(state: StateManager, archetype: string): StateManager {
  return prefixed(state, `registry/${archetype}/`);
}
