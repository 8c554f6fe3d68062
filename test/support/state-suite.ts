import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Changed, StateManager } from '../../src/state/state-manager.ts';

/** What every state manager does. `open` opens the same state each time, which is empty before a test. */
export function stateSuite(open: () => Promise<StateManager>): void {
  let state: StateManager;
  beforeEach(async () => {
    state = await open();
  });
  afterEach(() => state.close());

  const put = (key: string, value: unknown) => state.commit([], [{ key, value }]);

  test('gives back what was put, with the revision of its change, and nothing else', async () => {
    expect(await state.get('networks/lab')).toBeUndefined();
    const revision = await put('networks/lab', { a: [1, null, 'ü'] });
    expect(await state.get('networks/lab')).toEqual({
      key: 'networks/lab',
      value: { a: [1, null, 'ü'] },
      revision,
    });
    await state.commit([], [{ key: 'networks/lab', delete: true }]);
    expect(await state.get('networks/lab')).toBeUndefined();
  });

  test('lists what is under a prefix, by key, as it was at one revision', async () => {
    for (const key of ['b/2', 'a/1', 'b/10', 'bc/1', 'b/1']) await put(key, key);
    const { entries, revision } = await state.list('b/');
    expect(entries.map(({ key }) => key)).toEqual(['b/1', 'b/10', 'b/2']);
    expect(revision).toBe((await state.get('b/1'))?.revision);
  });

  test('makes all changes of a commit, at one revision', async () => {
    const revision = await state.commit(
      [],
      [
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ],
    );
    expect([(await state.get('a'))?.revision, (await state.get('b'))?.revision]).toEqual([
      revision,
      revision,
    ]);
  });

  test('makes none when a condition does not hold', async () => {
    const first = (await put('a', 1)) ?? 0;
    const second = await state.commit([{ key: 'a', revision: first }], [{ key: 'a', value: 2 }]);
    expect(second).toBeGreaterThan(first);
    for (const conditions of [
      [{ key: 'a', revision: first }],
      [{ key: 'a', revision: 0 }],
      [{ key: 'absent', revision: 1 }],
    ]) {
      const changes = [
        { key: 'a', value: 3 },
        { key: 'b', value: 3 },
      ];
      expect(await state.commit(conditions, changes)).toBeUndefined();
    }
    expect((await state.get('a'))?.value).toBe(2);
    expect(await state.get('b')).toBeUndefined();
  });

  test('lets one of many win who all change what they read', async () => {
    await put('counter', 0);
    const add = async (): Promise<void> => {
      const entry = await state.get('counter');
      const { revision = 0, value = 0 } = entry ?? {};
      const done = await state.commit(
        [{ key: 'counter', revision }],
        [{ key: 'counter', value: Number(value) + 1 }],
      );
      if (done === undefined) await add();
    };
    await Promise.all(Array.from({ length: 10 }, add));
    expect((await state.get('counter'))?.value).toBe(10);
  });

  test('tells who watches each change after a revision, once and in order', async () => {
    const before = (await put('a/1', 'old')) ?? 0;
    await put('a/2', 'missed');
    const stop = new AbortController();
    const seen: Changed[] = [];
    const watching = (async () => {
      for await (const one of state.watch('a/', before, stop.signal)) {
        seen.push(one);
        if (seen.length === 4) stop.abort();
      }
    })();
    await put('b/1', 'elsewhere');
    await put('a/3', 'new');
    await state.commit([], [{ key: 'a/2', delete: true }]);
    await put('a/2', 'again');
    await watching;
    expect(seen.map(({ key, value }) => [key, value])).toEqual([
      ['a/2', 'missed'],
      ['a/3', 'new'],
      ['a/2', undefined],
      ['a/2', 'again'],
    ]);
    expect(seen.map(({ revision }) => revision)).toEqual(
      seen.map(({ revision }) => revision).sort((a, b) => a - b),
    );
  });

  test('has after a restart what it had before, and goes on counting', async () => {
    const before = (await put('a', 1)) ?? 0;
    await state.commit([], [{ key: 'a', delete: true }]);
    await state.close();
    state = await open();
    expect(await put('b', 1)).toBeGreaterThan(before + 1);
    const changes: Changed[] = [];
    for await (const one of state.watch('', before, AbortSignal.timeout(5000))) {
      changes.push(one);
      if (one.key === 'b') break;
    }
    expect(changes.map(({ key, value }) => [key, value])).toEqual([
      ['a', undefined],
      ['b', 1],
    ]);
  });

  test('tells nobody of the deletion of what is not there', async () => {
    const before = (await put('a', 1)) ?? 0;
    await state.commit([], [{ key: 'absent', delete: true }]);
    await put('b', 1);
    for await (const one of state.watch('', before, AbortSignal.timeout(5000))) {
      expect(one).toMatchObject({ key: 'b', value: 1 });
      break;
    }
  });

  test('refuses more at once than every state takes, and an entry twice', async () => {
    const many = Array.from({ length: 121 }, (_, index) => ({ key: `${index}`, value: 1 }));
    const large = [{ key: 'large', value: 'x'.repeat(1 << 20) }];
    for (const changes of [many, large])
      await expect(state.commit([], changes)).rejects.toMatchObject({ code: 'ERR_STATE_LIMIT' });
    const twice = [
      { key: 'a', value: 1 },
      { key: 'a', value: 2 },
    ];
    await expect(state.commit([], twice)).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
    expect((await state.list('')).entries).toEqual([]);
    expect(await state.commit([], many.slice(1))).toBeGreaterThan(0);
    expect((await state.list('')).entries).toHaveLength(120);
  });

  test('keeps what bears a lease until it is released, and tells that it goes', async () => {
    const lease = await state.lease(5);
    expect(lease.isHeld).toBe(true);
    const before =
      (await state.commit(
        [],
        [
          { key: 'nodes/a', value: 1, lease },
          { key: 'nodes/b', value: 1, lease },
        ],
      )) ?? 0;
    await put('nodes/b', 'without');
    await lease.release();
    expect(lease.isHeld).toBe(false);
    expect((await state.list('nodes/')).entries.map(({ key }) => key)).toEqual(['nodes/b']);
    const seen: Changed[] = [];
    for await (const one of state.watch('nodes/', before, AbortSignal.timeout(5000))) {
      seen.push(one);
      if (seen.length === 2) break;
    }
    expect(seen.map(({ key, value }) => [key, value])).toEqual([
      ['nodes/b', 'without'],
      ['nodes/a', undefined],
    ]);
    await expect(state.commit([], [{ key: 'nodes/a', value: 2, lease }])).rejects.toMatchObject({
      code: 'ERR_STATE_LEASE',
    });
  });

  test('has nothing any more that bore a lease of before a restart', async () => {
    const lease = await state.lease(60);
    await state.commit([], [{ key: 'nodes/a', value: 1, lease }]);
    await state.close();
    state = await open();
    expect(await state.get('nodes/a')).toBeUndefined();
    expect(state.isCurrent).toBe(true);
  });
}
