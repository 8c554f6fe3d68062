import type { HookOutcome } from '../deploy/function-hooks/outcome.ts';
import type { ObservedContainer } from '../engines/observed.ts';

/** Is told what happens to applications. */
export interface Subscriber {
  /** A project's containers, whenever they were looked at. */
  readonly seen?: (project: string, containers: readonly ObservedContainer[]) => void;
  /** That something else is wanted of a project than before. */
  readonly wanted?: (project: string) => void;
  /** What came of a call of a function's hook. */
  readonly hooked?: (project: string, outcome: HookOutcome) => void;
}
