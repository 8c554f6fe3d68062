import { expect, test } from 'vitest';
import type { ChainProof } from '../../networks/path/proof/proof.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { chainStatuses } from './status.ts';

const spec = (onFailure: string) =>
  ({
    project: 'shop',
    chains: [
      {
        name: 'front',
        from: 'web',
        to: 'db',
        ports: [{ protocol: 'tcp', from: 80, to: 80 }],
        through: ['ids'],
        onFailure,
      },
    ],
    pods: ['db-1', 'db-2'].map((name) => ({
      name,
      chains: [{ chain: 'front', path: ['ids-1'], onFailure }],
    })),
  }) as unknown as DeploymentSpec;
const proof = (pod: string, at: string, failure?: string): ChainProof => ({
  chain: 'front',
  pod,
  at,
  passings: [
    { interface: 'eth0', family: 'ipv4', direction: 'in', hops: [], took: 10, ...(failure && { failure }) },
  ],
});
const none: ReadonlySet<string> = new Set();
const stateOf = (proofs: readonly ChainProof[], stopped = none, onFailure = 'closed') => {
  const [{ state, reason, bypassed, at } = {}] = chainStatuses(spec(onFailure), proofs, stopped);
  return { state, reason, bypassed, at };
};

test('a chain is proven when it is at all of its pods, since the proof that is longest ago', () => {
  expect(stateOf([proof('db-1', '2026-01-02T00:00:00Z'), proof('db-2', '2026-01-01T00:00:00Z')])).toEqual({
    state: 'proven',
    reason: null,
    bypassed: [],
    at: '2026-01-01T00:00:00Z',
  });
  expect(stateOf([proof('db-1', '2026-01-02T00:00:00Z')])).toMatchObject({ state: 'unproven', at: null });
});

test('one failure is the chain’s', () => {
  expect(stateOf([proof('db-1', 'a'), proof('db-2', 'b', 'it got lost')])).toMatchObject({
    state: 'failed',
    reason: 'front: of a probe towards db-2 (ipv4, eth0): it got lost',
  });
});

test('where nobody is at the other end there is nothing to prove', () => {
  const waiting = (pod: string) => ({ ...proof(pod, 'a'), passings: [] });
  expect(stateOf([waiting('db-1'), waiting('db-2')])).toMatchObject({ state: 'waiting' });
});

test('a function that does not run lets nothing pass, or is gone around, as the file says', () => {
  const proofs = [proof('db-1', 'a'), proof('db-2', 'b')];
  const stopped = new Set(['ids-1', 'other-1']);
  expect(stateOf(proofs, stopped)).toMatchObject({
    state: 'failed',
    reason: 'nothing of it passes: ids-1 does not run',
  });
  expect(stateOf(proofs, stopped, 'open')).toMatchObject({
    state: 'proven',
    reason: 'bypassed: ids-1 does not run',
    bypassed: ['ids-1'],
  });
});
