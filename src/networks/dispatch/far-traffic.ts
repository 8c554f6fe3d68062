import type { NetworkTraffic, Trace } from '../standard/traffic.ts';
import type { Asking } from './asking.ts';
import type { Question } from './questions.ts';

/** What passes on a network, as another node sees it. */
export type FarTraffic = Pick<NetworkTraffic, 'flows' | 'trace'> & {
  counters(network: string): ReturnType<NetworkTraffic['counters']>;
};

/** @throws HeddleError by all of them: ERR_NODE_AWAY, ERR_STATE_UNREACHABLE, ERR_STATE_LIMIT, and what the node answers */
export function farTraffic(asking: Pick<Asking, 'ask'>, node: string, archetype: string): FarTraffic {
  // Nodes take what they say to each other as it is, as all in the state that they share.
  const ask = async <Answer>(asked: Question) => (await asking.ask(node, asked)) as Answer;
  return {
    counters: (network) => ask({ kind: 'counters', archetype, network }),
    flows: (network) => ask({ kind: 'flows', archetype, network }),
    trace: async (network, frame) => {
      const found = await ask<Trace>({ kind: 'trace', archetype, network, frame });
      return { ...found, to: found.to.map((outlet) => ({ node, ...outlet })) };
    },
  };
}
