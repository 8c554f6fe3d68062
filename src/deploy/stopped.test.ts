import { expect, test } from 'vitest';
import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { PodSpec } from '../selector/spec.ts';
import { ledNow, programsOf, stoppedBesides, stoppedFunctions } from './stopped.ts';

const ids = {
  name: 'ids-1',
  forwards: { mode: 'wire' },
  containers: [{ name: 'ids-1' }],
} as unknown as PodSpec;
const container = (name: string, role: string, state: string, pid?: number) =>
  ({
    name,
    state,
    pid,
    labels: { [label.pod]: 'ids-1', [label.role]: role },
  }) as unknown as ObservedContainer;
const holder = container('ids-1.sandbox', 'sandbox', 'running', 1);
const program = container('ids-1', 'application', 'running', 2);

test('a function runs when its sandbox and all its programs do', () => {
  expect(programsOf(ids, [holder, program])).toEqual([2]);
  expect(programsOf(ids, [program])).toBeUndefined();
  expect(programsOf(ids, [holder])).toBeUndefined();
  expect(programsOf(ids, [holder, container('ids-1', 'application', 'stopped')])).toBeUndefined();
  expect([...stoppedFunctions({ pods: [ids] }, [holder])]).toEqual(['ids-1']);
});

test('one that was seen to end does not, whatever the engine says still', () => {
  expect(programsOf(ids, [holder, program], (pid) => pid === 2)).toBeUndefined();
});

test('what the catalogue has needs no program: its rules are the kernel’s', () => {
  const firewall = { ...ids, forwards: undefined } as unknown as PodSpec;
  expect(programsOf(firewall, [])).toEqual([]);
  expect([...stoppedFunctions({ pods: [firewall] }, [])]).toEqual([]);
});

test('an instance that is wanted no longer and does not run is one that nothing may pass', () => {
  const besides = (...all: ObservedContainer[]) => [...stoppedBesides({ pods: [] }, all)];
  const wanted = { pods: [ids] };
  const ended = container('ids-1', 'application', 'stopped');
  expect(besides(holder, program)).toEqual([]);
  expect(besides(holder, ended)).toEqual(['ids-1']);
  expect(besides(holder)).toEqual(['ids-1']);
  expect([...stoppedBesides({ pods: [] }, [holder, program], (pid) => pid === 2)]).toEqual(['ids-1']);
  expect([...stoppedBesides(wanted, [holder, ended])]).toEqual([]);
  const agent = { ...ended, labels: { ...ended.labels, [label.feature]: 'firewall' } };
  const ofCatalogue = { ...holder, labels: { ...holder.labels, [label.podRole]: 'function' } };
  expect(besides(ofCatalogue, agent)).toEqual([]);
});

test('a chain that is open does without functions that do not run, and is none without any', () => {
  const chain = (name: string, onFailure: string, ...path: string[]) => ({ chain: name, onFailure, path });
  const pod = {
    chains: [chain('a', 'open', 'ids-1', 'fw-1'), chain('b', 'closed', 'ids-1'), chain('c', 'open', 'ids-1')],
  } as unknown as PodSpec;
  const left = ledNow(pod, new Set(['ids-1'])).chains?.map(({ chain: name, path }) => [name, path]);
  expect(left).toEqual([
    ['a', ['fw-1']],
    ['b', ['ids-1']],
  ]);
});

test('an instance that does not run is done without while another does, whatever the chain is on failure', () => {
  const pod = {
    chains: [
      {
        chain: 'a',
        onFailure: 'closed',
        path: ['fw-1', 'fw-2', 'ids-1'],
        instances: { fw: ['fw-1', 'fw-2'] },
      },
    ],
  } as unknown as PodSpec;
  const left = (...stopped: string[]) => ledNow(pod, new Set(stopped)).chains?.[0]?.path;
  expect(left('fw-2')).toEqual(['fw-1', 'ids-1']);
  expect(left('fw-1', 'fw-2')).toEqual(['fw-1', 'fw-2', 'ids-1']);
  expect(left('ids-1')).toEqual(['fw-1', 'fw-2', 'ids-1']);
});

test('a chain that is open goes on with one that was to go, before it does without', () => {
  const pod = {
    name: 'db-1',
    chains: [{ chain: 'front', onFailure: 'open', path: ['fw-1.2', 'ids-1'] }],
  } as unknown as PodSpec;
  const standIns = new Map([['fw-1.2', [{ name: 'fw-1' }]]]);
  const path = (...stopped: string[]) => ledNow(pod, new Set(stopped), standIns).chains?.[0]?.path;
  expect(path()).toEqual(['fw-1.2', 'ids-1']);
  expect(path('fw-1.2')).toEqual(['fw-1', 'ids-1']);
  expect(path('ids-1')).toEqual(['fw-1.2']);
});
