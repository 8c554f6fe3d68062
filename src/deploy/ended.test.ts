import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import type { Engine } from '../engines/engine.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { awaitService } from './await-service.ts';
import type { DeployContext } from './context.ts';
import { endedAtOnce, isRestarted } from './ended.ts';

const text = `
services:
  once: { image: a }
  again: { image: a, restart: always }
  mending: { image: a, restart: on-failure }
`;
const spec = specOf(text);

/** An engine whose containers have one state after another, the last one for good. */
function engineWith(states: Record<string, Partial<ObservedContainer>[]>): Engine {
  const inspect = async (name: string) => {
    const all = states[name] ?? [];
    return { name, state: 'running', startedAt: 0, ...(all.length > 1 ? all.shift() : all[0]) };
  };
  async function* lines() {
    yield { stream: 'stderr', text: 'no such table' };
  }
  return { workloads: { inspect }, console: { logs: async () => lines() } } as unknown as Engine;
}

const failed = { state: 'stopped', exitCode: 3 } as const;
const ended = (states: Record<string, Partial<ObservedContainer>[]>) => {
  const steps = Object.keys(states).map((subject) => ({ kind: 'createContainer', subject }));
  const context = { engine: engineWith(states), spec } as DeployContext;
  return endedAtOnce(context, { project: 'shop', steps } as never);
};

test('a service that fails at once is named, with its exit code and its last words', async () => {
  const [error, ...others] = await ended({ 'shop-once-1': [failed] });
  expect(others).toEqual([]);
  expect(error?.code).toBe('ERR_SERVICE_ENDED');
  expect(error?.message).toBe('once: shop-once-1 ended with exit code 3, and said last:\n  no such table');
});

test('a young one is watched for a moment, and one whose exit code is not known yet', async () => {
  const young = { state: 'running', startedAt: Date.now() } as const;
  expect(await ended({ 'shop-once-1': [young, { state: 'stopped' }, failed] })).toHaveLength(1);
  expect(await ended({ 'shop-once-1': [{ ...young, startedAt: Date.now() }] })).toEqual([]);
});

test('running to its end is no failure, nor is what is started again', async () => {
  const states = {
    'shop-once-1': [{ state: 'stopped', exitCode: 0 } as const],
    'shop-again-1': [failed],
    'shop-mending-1': [failed],
  };
  expect(await ended(states)).toEqual([]);
  expect(isRestarted(spec, 'shop-mending-1', 0)).toBe(false);
});

test('nobody waits for what has ended', async () => {
  const wait = (condition: 'service_healthy' | 'service_completed_successfully', exitCode: number) =>
    awaitService(
      engineWith({ x: [{ state: 'stopped' }, { state: 'stopped', exitCode }] }),
      { service: 'once', condition, restart: false },
      ['x'],
      () => false,
    );
  await expect(wait('service_healthy', 0)).rejects.toThrow('x ended with exit code 0');
  await expect(wait('service_completed_successfully', 3)).rejects.toThrow('x ended with exit code 3');
  await expect(wait('service_completed_successfully', 0)).resolves.toBeUndefined();
});
