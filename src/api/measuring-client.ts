import type { MeasuringService } from '../measure/net/ends/measuring-service.ts';
import type { Test } from '../measure/net/measurement.ts';
import type * as measuring from './contracts/measuring.ts';
import type { Transport } from './transport.ts';

const route = '/v1/nodes/:node/measured/:run/:path' as const;

/** What a node does for a benchmark whose paths end there, or on a node that it asks, typed. */
export class MeasuringClient implements MeasuringService {
  readonly #node: Transport;

  constructor(node: Transport) {
    this.#node = node;
  }

  open(node: string, run: string, path: string, host: string) {
    const said = { params: { node, run, path }, body: { host } };
    return this.#node.ask<typeof measuring.openEndContract>(`PUT ${route}`, said);
  }

  serve(node: string, run: string, path: string, test: Test) {
    const said = { params: { node, run, path }, body: test };
    return this.#node.ask<typeof measuring.serveTestContract>(`POST ${route}/servers`, said);
  }

  async endServers(node: string, run: string, path: string): Promise<void> {
    const said = { params: { node, run, path } };
    await this.#node.ask<typeof measuring.endServersContract>(`DELETE ${route}/servers`, said);
  }

  async close(node: string, run: string, path: string): Promise<void> {
    const said = { params: { node, run, path } };
    await this.#node.ask<typeof measuring.closeEndContract>(`DELETE ${route}`, said);
  }
}
