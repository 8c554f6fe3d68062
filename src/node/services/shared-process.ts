import type { ArchetypeService } from '../../networks/standard/service.ts';
import { stopped, type Unit, type UnitState } from './unit.ts';

/** How others than this process find a service. */
export interface Listener {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A service in the node's own process. */
export class SharedProcess implements Unit {
  readonly process = 'shared';
  readonly name: string;
  readonly service: ArchetypeService;
  readonly #listener: Listener | undefined;
  #state: UnitState = stopped;

  constructor(name: string, service: ArchetypeService, listener?: Listener) {
    this.name = name;
    this.service = service;
    this.#listener = listener;
  }

  get state(): UnitState {
    return this.#state;
  }

  async start(): Promise<void> {
    await this.#listener?.start();
    this.#state = { ...stopped, phase: 'ready', since: Date.now() };
  }

  async stop(): Promise<void> {
    await this.#listener?.stop();
    await this.service.close();
    this.#state = { ...this.#state, phase: 'stopped', since: Date.now() };
  }
}
