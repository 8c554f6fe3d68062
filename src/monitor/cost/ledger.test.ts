import { expect, test } from 'vitest';
import { ledger } from './ledger.ts';

const subject = { id: '1', project: 'shop', name: 'shop-web-1', pod: 'shop-web-1', role: 'application' };

test('a row has averages and sums over the time that was measured, across a restart', () => {
  const samples = [
    { time: 0, cpu: 10, memory: 100, sent: 1000, received: 500 },
    { time: 10_000, cpu: 12, memory: 300, sent: 1500, received: 600 },
    { time: 20_000, cpu: 1, memory: 200, sent: 100, received: 0 },
  ];
  expect(ledger([{ subject, samples }])).toEqual([
    {
      container: 'shop-web-1',
      pod: 'shop-web-1',
      service: null,
      role: 'application',
      feature: null,
      cpu: 0.15,
      cpuSeconds: 3,
      memory: 200,
      memoryPeak: 300,
      sent: 600,
      received: 100,
      seconds: 20,
    },
  ]);
});

test('the application comes first, the node last', () => {
  const samples = [0, 1].map((time) => ({ time, cpu: 0, memory: 0, sent: 0, received: 0 }));
  const rows = ['node', 'collector', 'agent', 'application'].map((role) => ({
    subject: { ...subject, role },
    samples,
  }));
  expect(ledger(rows).map(({ role }) => role)).toEqual(['application', 'agent', 'collector', 'node']);
});
