import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { History, type Sample, type Subject } from './history.ts';

const day = 86_400_000;
const now = 100 * day;

describe('the history', () => {
  let folder: string;
  let file: string;
  let history: History;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-history-'));
    file = path.join(folder, 'history.db');
    history = new History(file);
  });
  afterEach(() => {
    history.close();
    rmSync(folder, { recursive: true });
  });

  const web: Subject = {
    id: 'a1',
    project: 'shop',
    name: 'shop-web-1',
    pod: 'web-1',
    role: 'application',
    service: 'web',
  };
  const at = (time: number): Sample => ({ time, cpu: 1.5, memory: 2 ** 40, sent: 10, received: 20 });

  test('gives samples since a moment and the last one before, after a restart too, for its owner alone', () => {
    for (const time of [1, 2, 3]) history.record([{ subject: web, sample: at(now + time) }]);
    history.close();
    history = new History(file);
    expect(history.samples('shop', now + 3)).toEqual([{ subject: web, samples: [at(now + 2), at(now + 3)] }]);
    expect(history.samples('other', 0)).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('records all samples of a moment or none', () => {
    const broken = { ...at(now), cpu: 'much' as unknown as number };
    const both = [
      { subject: web, sample: at(now) },
      { subject: { ...web, id: 'a2' }, sample: broken },
    ];
    expect(() => history.record(both)).toThrow();
    expect(history.samples('shop', 0)).toEqual([]);
    history.record([{ subject: web, sample: at(now) }]);
    expect(history.samples('shop', 0)).toHaveLength(1);
  });

  test('knows whose an address was, and for how long', () => {
    const holder = { address: '10.0.0.2', pod: 'web-1', service: 'web', since: now };
    history.hold('shop', [holder], now + 1);
    history.hold('shop', [holder, { address: '10.0.0.3', pod: 'db-1', since: now + 2 }], now + 5);
    expect(history.assignments('shop', now)).toEqual([
      { ...holder, until: now + 5 },
      { address: '10.0.0.3', pod: 'db-1', since: now + 2, until: now + 5 },
    ]);
  });

  test('forgets what is old, and a project when it is told to', () => {
    history.record([{ subject: web, sample: at(now) }]);
    history.hold('shop', [{ address: '10.0.0.2', pod: 'web-1', since: now }], now);
    history.prune(now + 3 * day);
    expect(history.samples('shop', 0)).toEqual([]);
    expect(history.assignments('shop', 0)).toHaveLength(1);
    history.forget('shop');
    expect(history.assignments('shop', 0)).toEqual([]);
  });

  test('puts a damaged file aside, and begins anew', () => {
    history.record([{ subject: web, sample: at(now) }]);
    history.close();
    writeFileSync(file, Buffer.alloc(20_000, 'x'));
    history = new History(file);
    expect(history.samples('shop', 0)).toEqual([]);
    expect(existsSync(`${file}.damaged`)).toBe(true);
  });
});
