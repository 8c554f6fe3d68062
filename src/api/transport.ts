import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Of } from '../lib/schema.ts';
import type { Contract, Said } from './contract.ts';

export type Lines<C extends Contract> = AsyncGenerator<Of<C['answer']>>;

/**
 * How the node is asked by a contract, of which only the type is needed: who asks loads no schemas.
 * @throws HeddleError what the node answers, or ERR_NODE_ABSENT
 */
export interface Transport {
  ask<C extends Contract>(route: C['route'], said: Said<C>): Promise<Of<C['answer']>>;
  /** For what is answered in lines. */
  follow<C extends Contract>(route: C['route'], said: Said<C>, signal?: AbortSignal): Lines<C>;
  /** For what is sent or answered as a tar archive. */
  archive<C extends Contract>(
    route: C['route'],
    said: Omit<Said<C>, 'body'>,
    archive?: Readable,
    signal?: AbortSignal,
  ): Promise<IncomingMessage>;
}
