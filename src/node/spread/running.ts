import { HeddleError } from '../../lib/errors.ts';

interface Work {
  readonly kind: 'up' | 'down' | 'catching up';
  readonly controller: AbortController;
  readonly over: Promise<unknown>;
}

/** What this node does to applications over several nodes: one thing at a time each. */
export class Running {
  readonly #all = new Map<string, Work>();

  /**
   * Work that was to be done anyway gives way to whatever somebody asks for, and `up` to `down`, as on one node.
   * @throws HeddleError ERR_REVISION while another is under way
   */
  async take<T>(project: string, kind: Work['kind'], work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (let other = this.#all.get(project); other; other = this.#all.get(project)) {
      const givesWay = kind !== 'catching up' && (other.kind === 'catching up' || kind === 'down');
      if (!givesWay || other.kind === 'down')
        throw new HeddleError(
          'ERR_REVISION',
          `the application ${project} is being changed: ${other.kind} is under way`,
          {
            hint: 'wait until that has ended, or end it',
          },
        );
      other.controller.abort(`${kind} took its place`);
      await other.over;
    }
    const controller = new AbortController();
    const turn = work(controller.signal);
    const over = turn.then(
      () => {},
      () => {},
    );
    this.#all.set(project, { kind, controller, over });
    void over.then(() => this.#all.delete(project));
    return turn;
  }

  /** Ends all that was to be done anyway, and what was asked for. */
  async stop(): Promise<void> {
    for (const { controller } of this.#all.values()) controller.abort('the node stops');
    await Promise.all([...this.#all.values()].map(({ over }) => over));
  }
}
