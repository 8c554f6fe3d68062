import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Records } from '../../state/records.ts';
import { openSqliteStore } from '../../state/sqlite.ts';
import { StepLog, stepRecord } from './step-log.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-steps-'));
const store = openSqliteStore(path.join(folder, 'state.db'));
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const opened = () => new StepLog(new Records(store, 'scaling/', stepRecord));
const step = (service: string, to: number) => ({
  service,
  at: '2026-01-01T00:00:00Z',
  from: 1,
  to,
  reason: 'cpu',
});

test('the last steps of each service are kept with what came of them, by the next node, too', () => {
  const log = opened();
  for (let to = 1; to <= 12; to += 1) log.begin('shop', step('web', to));
  log.begin('shop', step('db', 2));
  log.end('shop', 'web', 'failed', 'no memory');
  const [last, before, ...rest] = opened().of('shop', 'web');
  expect(last).toMatchObject({ to: 12, outcome: 'failed', error: 'no memory' });
  expect(before).toMatchObject({ to: 11, outcome: 'running' });
  expect(rest).toHaveLength(8);
  expect(opened().of('shop', 'db')).toMatchObject([{ to: 2, outcome: 'running', error: null }]);
});

test('a step that a node died in was interrupted, and none that was over', () => {
  const log = opened();
  log.begin('lab', step('web', 2));
  log.cut('lab', 'web');
  expect(log.of('lab', 'web')).toMatchObject([{ outcome: 'interrupted', error: 'the node ended meanwhile' }]);
  log.begin('lab', step('web', 3));
  log.end('lab', 'web', 'done');
  log.cut('lab', 'web');
  expect(log.of('lab', 'web')[0]).toMatchObject({ outcome: 'done' });
  log.forget('lab');
  expect(log.of('lab', 'web')).toEqual([]);
});
