import type { ChainStatus } from '../../networks/path/proof/status.ts';
import type { Family } from './family.ts';
import { hopFamilies } from './hop-families.ts';

type ChainFamily = Family<{ readonly chains: readonly ChainStatus[] }>;

export const chainFamilies: readonly ChainFamily[] = [
  {
    name: 'heddle_chain_proven',
    type: 'gauge',
    help: 'Whether probes pass a chain as it says. Absent while nobody is at its other end.',
    values: ({ chains }) =>
      chains
        .filter(({ state }) => state !== 'waiting')
        .map(({ chain, state }) => ({ labels: { chain }, value: state === 'proven' ? 1 : 0 })),
  },
  {
    name: 'heddle_chain_bypassed',
    type: 'gauge',
    help: 'Functions that a chain does without, since they do not run and it is open on failure.',
    values: ({ chains }) =>
      chains.map(({ chain, bypassed }) => ({ labels: { chain }, value: bypassed.length })),
  },
  {
    name: 'heddle_chain_function_seconds',
    type: 'gauge',
    help: 'How long a function had the probe of the last proof, from coming in to coming out.',
    values: ({ chains }) =>
      chains.flatMap(({ chain, pods }) =>
        pods.flatMap(({ pod, probes }) =>
          probes.flatMap(({ hops, interface: name, family, direction }) =>
            hops.flatMap(({ function: fn, took }) =>
              took === null
                ? []
                : [
                    {
                      labels: { chain, pod, interface: name, family, direction, function: fn },
                      value: took / 1e6,
                    },
                  ],
            ),
          ),
        ),
      ),
  },
  ...hopFamilies,
];
