import type * as projects from './contracts/projects.ts';
import type { Transport } from './transport.ts';

/** What is done with projects in files, typed. */
export class ProjectClient {
  readonly #node: Transport;

  constructor(node: Transport) {
    this.#node = node;
  }

  read(body: projects.ReadRequest) {
    return this.#node.ask<typeof projects.readContract>('POST /v1/projects/read', { body });
  }

  select(body: projects.SelectRequest) {
    return this.#node.ask<typeof projects.selectContract>('POST /v1/projects/select', { body });
  }

  plan(body: projects.MakeRequest) {
    return this.#node.ask<typeof projects.planProjectContract>('POST /v1/projects/plan', { body });
  }

  up(body: projects.MakeRequest): AsyncGenerator<projects.ProjectEvent> {
    return this.#node.follow<typeof projects.upProjectContract>('POST /v1/projects/up', { body });
  }
}
