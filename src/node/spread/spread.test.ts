import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { HeddleError } from '../../lib/errors.ts';
import { Records } from '../../state/records.ts';
import { openSqliteStore } from '../../state/sqlite.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import { restRecord } from './rest.ts';
import { Rests } from './rests.ts';
import { Running } from './running.ts';
import { Spread } from './spread.ts';
import { SpreadRecords } from './spread-record.ts';
import { Whereabouts } from './whereabouts.ts';
import type { Worker } from './worker.ts';

// What is said to which node, and when. That nodes do it is tried on real ones: test/e2e/sites.

const shop = (db = 'paris', more = '') =>
  specOf(`
services:
  web: { image: a, networks: [lab], depends_on: { db: { condition: service_healthy } }, x-heddle: { place: berlin } }
  db: { image: b, networks: [lab], x-heddle: { place: ${db} } }
${more}networks: { lab: { x-heddle: { archetype: ip, vlan: 7 } } }
`);

/** Nodes a in Berlin, b in Paris and c in Rome, of which a is asked; what is said to them, and those that are away. */
function nodes(own?: readonly string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-spread-'));
  const state = openSqliteManager(path.join(folder, 'shared.db'));
  const store = openSqliteStore(path.join(folder, 'own.db'));
  onTestFinished(async () => {
    await state.close();
    store.close();
    rmSync(folder, { recursive: true });
  });
  const said: string[] = [];
  const away = new Set<string>();
  const broken = new Map<string, () => Promise<void>>();
  const sites = { a: 'berlin', b: 'paris', c: 'rome' };
  const list = async () =>
    Object.entries(sites).map(([name, site]) => ({
      name,
      site,
      api: '192.0.2.1:1',
      present: !away.has(name),
    }));
  const worker = (node: string): Worker =>
    ({
      up: async ({ spec }: { spec: ReturnType<typeof specOf> }) => {
        await broken.get(node)?.();
        const services = spec.pods.flatMap(({ role, service }) => (role === 'service' ? service : []));
        said.push(`${node} up ${services.join(' ')}`);
      },
      down: async (
        _project: string,
        { services = ['all'], volumes }: { services?: string[]; volumes?: boolean },
      ) => {
        said.push(`${node} down ${services.join(' ')}${volumes ? ' and volumes' : ''}`);
      },
      operate: async (verb: string, _project: string, { services }: { services: string[] }) => {
        said.push(`${node} ${verb} ${services.join(' ')}`);
      },
    }) as unknown as Worker;
  const workers = {
    here: 'a',
    own: worker('a'),
    at: async (node: string) => {
      if (away.has(node)) throw new HeddleError('ERR_NODE_AWAY', `node ${node} is away`);
      return worker(node);
    },
  };
  const records = new SpreadRecords(state, 'a');
  const rests = new Rests(new Records(store, 'left/', restRecord));
  const whereabouts = new Whereabouts({ here: 'a', list } as never, records, () => own);
  const spread = new Spread(workers as never, records, whereabouts, rests, new Running());
  const up = (spec: ReturnType<typeof specOf>, more: object = {}) => spread.up({ spec, ...more }, () => {});
  const back = () => spread.catchUp('shop', (node) => !away.has(node));
  return { spread, up, back, said, away, broken, records, rests };
}

test('each node is told of its part, and what is on this one alone goes by nobody', async () => {
  const { up, said, records } = nodes();
  await up(specOf('services: { web: { image: a } }'));
  expect([said, await records.get('shop')]).toEqual([['a up web'], undefined]);
  said.length = 0;
  await up(shop());
  expect(said.sort()).toEqual(['a up web', 'b up db']);
});

test('what a node is to do that is away is done when it is back, all at once', async () => {
  const { up, back, said, away, rests } = nodes();
  away.add('b');
  await expect(up(shop())).rejects.toMatchObject({ code: 'ERR_NODE_AWAY' });
  expect([said, rests.get('shop')?.left]).toEqual([['a up web'], ['b']]);
  away.clear();
  await back();
  expect([said, rests.get('shop')]).toEqual([['a up web', 'b up db'], undefined]);
});

test('a part that waits for what was left is tried again beside it, not before', async () => {
  const { up, back, said, away, broken, rests } = nodes();
  away.add('b');
  broken.set('a', async () => {
    if (away.has('b')) throw new HeddleError('ERR_NODE_AWAY', 'node b is away');
    await expect.poll(() => said).toContain('b up db');
  });
  await expect(up(shop())).rejects.toThrow();
  expect(rests.get('shop')?.left).toEqual(['a', 'b']);
  away.clear();
  await back();
  expect(said).toEqual(['b up db', 'a up web']);
});

test('a service that moves is taken off the node that had it before another is told of it', async () => {
  const { up, said, away, records } = nodes();
  await up(shop());
  said.length = 0;
  away.add('b');
  await expect(up(shop('rome'))).rejects.toThrow('db cannot be moved from node b');
  expect(said).toEqual([]);
  away.clear();
  await up(shop('rome'));
  expect([said[0], said.slice(1).sort()]).toEqual(['b down all', ['a up web', 'c up db']]);
  expect(await records.get('shop')).toMatchObject({ placement: { web: 'a', db: 'c' }, leaving: [] });
});

test('one that was on this node alone is taken off it', async () => {
  const { up, said } = nodes(['web', 'db']);
  await up(shop());
  expect(said.slice().sort()).toEqual(['a down db', 'a up web', 'b up db']);
  expect(said.indexOf('a down db')).toBeLessThan(said.indexOf('b up db'));
});

test('what is not in the file any more stays, and goes with orphans, later where its node is away', async () => {
  const { up, back, said, away, records } = nodes();
  await up(shop('paris', '  old: { image: c, networks: [lab], x-heddle: { place: rome } }\n'));
  said.length = 0;
  await up(shop());
  expect(said.some((one) => one.startsWith('c'))).toBe(false);
  away.add('c');
  await expect(up(shop(), { removeOrphans: true })).rejects.toMatchObject({ code: 'ERR_NODE_AWAY' });
  away.clear();
  await back();
  expect(said.at(-1)).toBe('c down all');
  expect(await records.get('shop')).toMatchObject({ leaving: [] });
});

test('a failure that is no matter of reach is not tried again', async () => {
  const { up, broken, rests } = nodes();
  broken.set('b', async () => {
    throw new HeddleError('ERR_SERVICE_UNHEALTHY', 'db is unhealthy');
  });
  await expect(up(shop())).rejects.toMatchObject({ code: 'ERR_SERVICE_UNHEALTHY' });
  expect(rests.get('shop')).toBeUndefined();
});

test('what somebody has ended is not done by itself later', async () => {
  const { spread, broken, rests } = nodes();
  const ended = new AbortController();
  broken.set('b', async () => {
    ended.abort();
    throw new HeddleError('ERR_NODE_ABSENT', 'the connection was ended');
  });
  await expect(spread.up({ spec: shop() }, () => {}, ended.signal)).rejects.toThrow();
  expect(rests.get('shop')).toBeUndefined();
});

test('an `up` of some services leaves what is left of the whole as it is', async () => {
  const { spread, up, away, rests } = nodes();
  away.add('b');
  await expect(up(shop())).rejects.toThrow();
  await up(shop(), { services: ['web'], noDeps: true });
  await spread.operate('restart', 'shop', { services: ['web'] }, () => {});
  expect(rests.get('shop')?.left).toEqual(['b']);
});

test('`down` is for all nodes that have something of it, and is remembered for those that are away', async () => {
  const { spread, up, back, said, away, records } = nodes();
  await up(shop());
  said.length = 0;
  away.add('b');
  await expect(spread.down('shop', { volumes: true }, () => {})).rejects.toMatchObject({
    code: 'ERR_NODE_AWAY',
  });
  expect(said).toEqual(['a down all and volumes']);
  away.clear();
  await back();
  expect(said.at(-1)).toBe('b down all and volumes');
  expect(await records.get('shop')).toBeUndefined();
});

test('`down` ends an `up` that is under way, and a second `up` is refused', async () => {
  const { spread, up, broken, said } = nodes();
  await up(shop());
  said.length = 0;
  const ends = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  broken.set('b', async () => {
    begun.resolve();
    await ends.promise;
  });
  const first = up(shop());
  await begun.promise;
  await expect(up(shop())).rejects.toMatchObject({ code: 'ERR_REVISION' });
  const down = spread.down('shop', {}, () => {});
  ends.resolve();
  await Promise.allSettled([first, down]);
  expect(said.slice(-2).sort()).toEqual(['a down all', 'b down all']);
});

test('names that it does not have are refused', async () => {
  const { spread, up } = nodes();
  await up(shop());
  await expect(spread.operate('stop', 'shop', { services: ['wbe'] }, () => {})).rejects.toMatchObject({
    code: 'ERR_SERVICE_UNKNOWN',
  });
});

test('another application of that name on this node is not taken for it', async () => {
  const { spread, records } = nodes(['shop']);
  await records.put('shop', undefined, { placement: { web: 'b' }, leaving: [], front: 'b' });
  await expect(spread.down('shop', {}, () => {})).rejects.toMatchObject({ code: 'ERR_PROJECT_CLASH' });
});
