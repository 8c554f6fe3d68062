import type { UpRequest } from '../../api/messages.ts';
import type { Records } from '../../state/records.ts';
import type { Placement } from './placement.ts';
import { type Rest, without } from './rest.ts';

/** What is left to be done on nodes that were out of reach: kept, so that a node that was killed goes on with it. */
export class Rests {
  readonly #records: Records<Rest>;

  constructor(records: Records<Rest>) {
    this.#records = records;
  }

  list(): Rest[] {
    return this.#records.list();
  }

  get(project: string): Rest | undefined {
    return this.#records.get(project);
  }

  put(
    project: string,
    request: UpRequest,
    placement: Placement,
    nodes: Pick<Rest, 'left' | 'leaving'>,
  ): void {
    // What was asked for once is not done again and again.
    const { detach: _d, recreate: _r, recreateDeps: _e, renewVolumes: _v, build: _b, ...asked } = request;
    this.#records.put(project, { project, up: { request: asked, placement }, volumes: false, ...nodes });
  }

  putDown(project: string, leaving: readonly string[], volumes: boolean): void {
    this.#records.put(project, { project, left: [], leaving, volumes });
  }

  /** A node has done its part, or nobody is to try it again. */
  done(project: string, node: string): void {
    const before = this.#records.get(project);
    const after = before && without(before, node);
    if (after) this.#records.put(project, after);
    else if (before) this.#records.delete(project);
  }

  delete(project: string): void {
    this.#records.delete(project);
  }
}
