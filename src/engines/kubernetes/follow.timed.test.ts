import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import nodePath from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Cluster } from './cluster.ts';
import { connectCluster } from './connect.ts';
import { type Follower, follow } from './follow.ts';
import { ApiServerStandIn } from './stand-in.ts';

interface Thing {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly value?: string;
}

const path = '/api/v1/nodes';
const quick = { first: 1, longest: 20, lists: 5, refused: 5 };
const folder = mkdtempSync(nodePath.join(tmpdir(), 'heddle-kubernetes-'));
const kubeconfig = nodePath.join(folder, 'config');
const until = <T>(check: () => T) => vi.waitFor(check, { interval: 2, timeout: 15_000 });
const thing = (name: string, value = ''): Thing => ({ metadata: { name }, value });

let server: ApiServerStandIn;
let cluster: Cluster;

/** What somebody knows who follows the things. */
class Known implements Follower<Thing> {
  readonly things = new Map<string, Thing>();
  readonly lists = vi.fn(() => this.listedAt.push(performance.now()));
  readonly listedAt: number[] = [];
  readonly trouble = vi.fn();

  replace(things: readonly Thing[]): void {
    this.lists();
    this.things.clear();
    for (const one of things) this.things.set(one.metadata.name, one);
  }
  set(one: Thing): void {
    const before = this.things.get(one.metadata.name)?.metadata.resourceVersion ?? 0;
    expect(Number(one.metadata.resourceVersion)).toBeGreaterThan(Number(before));
    this.things.set(one.metadata.name, one);
  }
  remove({ metadata: { name } }: Thing): void {
    expect(this.things.delete(name)).toBe(true);
  }
  get values(): string[] {
    return [...this.things.values()].map(({ metadata: { name }, value }) => `${name}=${value}`).sort();
  }
  isUpToDate(): void {
    expect(new Map(this.things)).toEqual(
      new Map((server.objects(path) as Thing[]).map((one) => [one.metadata.name, one])),
    );
  }
}

beforeAll(() => vi.stubEnv('KUBECONFIG', kubeconfig));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

let known: Known;
let ended: Promise<void>;
let stop: AbortController;
function begin(): void {
  known = new Known();
  stop = new AbortController();
  ended = follow<Thing>(cluster, path, known, stop.signal, quick);
}

beforeEach(async () => {
  server = await ApiServerStandIn.start();
  writeFileSync(kubeconfig, server.kubeconfig('here'));
  cluster = await connectCluster('here');
  begin();
});
afterEach(async () => {
  stop.abort();
  await ended;
  await server.close();
});

test('all there is is listed, page by page, and then followed', async () => {
  stop.abort();
  await ended;
  server.page = 2;
  for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(path, thing(name));
  begin();
  await until(() => known.isUpToDate());
  server.put(path, thing('f'));
  server.put(path, thing('a', 'new'));
  server.delete(path, 'b');
  await until(() => expect(known.values).toEqual(['a=new', 'c=', 'd=', 'e=', 'f=']));
  expect(known.lists).toHaveBeenCalledTimes(1);
});

test.each(['end', 'close', 'half'] as const)(
  'a watch that stops by "%s" goes on where it was, without a list',
  async (how) => {
    server.put(path, thing('a'));
    await until(() => known.isUpToDate());
    for (const value of ['1', '2', '3']) {
      server.disconnect(how);
      server.put(path, thing('a', value));
      await until(() => known.isUpToDate());
    }
    expect(known.lists).toHaveBeenCalledTimes(1);
    expect(known.trouble).not.toHaveBeenCalledWith(expect.any(Error));
  },
);

test('events are understood however they are cut', async () => {
  server.chunk = 3;
  await until(() => expect(known.lists).toHaveBeenCalled());
  server.put(path, thing('a', 'smørrebrød 🥪'));
  await until(() => expect(known.values).toEqual(['a=smørrebrød 🥪']));
});

test('after "410 Gone" all is listed again, and what went meanwhile is gone', async () => {
  server.put(path, thing('a'));
  server.put(path, thing('b'));
  await until(() => known.isUpToDate());
  server.disconnect('close');
  server.delete(path, 'a');
  server.compact();
  await until(() => expect(known.values).toEqual(['b=']));
  server.expire();
  server.put(path, thing('c'));
  await until(() => expect(known.values).toEqual(['b=', 'c=']));
  expect(known.trouble).not.toHaveBeenCalledWith(expect.any(Error));
});

test('a bookmark spares the list that would be needed without it', async () => {
  server.put(path, thing('a'));
  await until(() => known.isUpToDate());
  for (const name of ['x', 'y']) server.put('/api/v1/pods', thing(name));
  await until(() => expect(server.requests.at(-1)).toContain('watch=true'));
  server.bookmark();
  server.compact();
  server.disconnect('end');
  server.put(path, thing('c'));
  await until(() => known.isUpToDate());
  expect(known.lists).toHaveBeenCalledTimes(1);
});

test('however often all has to be listed again, that is done once in a while', async () => {
  stop.abort();
  await ended;
  known = new Known();
  stop = new AbortController();
  ended = follow<Thing>(cluster, path, known, stop.signal, { ...quick, lists: 300 });
  await until(() => expect(known.lists).toHaveBeenCalledTimes(1));
  let count = 0;
  while (known.lists.mock.calls.length < 3) {
    server.put(path, thing('a', String(++count)));
    server.compact();
    server.expire();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const [first = 0, , third = 0] = known.listedAt;
  expect(third - first).toBeGreaterThan(550);
  await until(() => known.isUpToDate());
});

test('a server that was away for long is followed again a moment after it is back', async () => {
  stop.abort();
  await ended;
  known = new Known();
  stop = new AbortController();
  ended = follow<Thing>(cluster, path, known, stop.signal);
  server.put(path, thing('a'));
  await until(() => known.isUpToDate());
  await server.close();
  await until(() =>
    expect(known.trouble).toHaveBeenCalledWith(
      expect.objectContaining({ message: expect.stringMatching(/cannot be reached: connect ECONNREFUSED/) }),
    ),
  );
  // After as many attempts it waits as long as it ever does.
  const before = known.trouble.mock.calls.length;
  await until(() => expect(known.trouble.mock.calls.length).toBeGreaterThan(before + 5));
  server.put(path, thing('b'));
  await server.reopen();
  await until(() => known.isUpToDate());
  expect(known.lists).toHaveBeenCalledTimes(1);
});

test('what is no event is trouble, and all is listed again', async () => {
  server.put(path, thing('a'));
  await until(() => expect(known.trouble).toHaveBeenCalledWith(undefined));
  server.babble();
  await until(() => expect(known.lists).toHaveBeenCalledTimes(2));
  expect(known.trouble).toHaveBeenCalledWith(
    expect.objectContaining({ message: 'the event ADDED is not understood' }),
  );
});

test('while the server refuses, what is known stays; then it goes on', async () => {
  server.put(path, thing('a'));
  await until(() => known.isUpToDate());
  server.failing = 503;
  server.disconnect('close');
  await until(() =>
    expect(known.trouble).toHaveBeenCalledWith(
      expect.objectContaining({ message: '503 as the test wants it' }),
    ),
  );
  expect(known.values).toEqual(['a=']);
  server.failing = undefined;
  server.put(path, thing('b'));
  await until(() => known.isUpToDate());
  expect(known.trouble).toHaveBeenLastCalledWith(undefined);
  expect(known.lists).toHaveBeenCalledTimes(1);
});

test('a context that there is not is an error that names those there are', async () => {
  await expect(connectCluster('there')).rejects.toMatchObject({
    code: 'ERR_KUBERNETES',
    message: expect.stringContaining('it has: here'),
  });
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(name, fc.nat(9)).map(
      ([one, value]) =>
        () =>
          server.put(path, thing(one, String(value))),
    ),
  },
  { weight: 3, arbitrary: name.map((one) => () => server.delete(path, one)) },
  ...[
    ...(['end', 'close', 'half'] as const).map((how) => () => server.disconnect(how)),
    () => server.compact(),
    () => server.expire(),
    () => server.bookmark(),
    () => server.babble(),
  ].map((one) => ({ weight: 1, arbitrary: fc.constant(one) })),
);

test('whatever happens, in the end all is known that a fresh list has, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(happening, fc.boolean()), { maxLength: 30, size: 'max' }),
      fc.integer({ min: 1, max: 200 }),
      async (all, chunk) => {
        server.chunk = chunk;
        server.page = 1 + (chunk % 3);
        for (const [happen, pause] of all) {
          happen();
          if (pause) await new Promise(setImmediate);
        }
        await until(() => known.isUpToDate());
      },
    ),
    { numRuns: 50 },
  );
});
