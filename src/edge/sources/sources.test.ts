import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../../lib/log.ts';
import { copyOf, serviceOf } from '../fixture.ts';
import type { ModelChange } from '../model.ts';
import type { Source, SourceSink, Told } from './source.ts';
import { Sources } from './sources.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-sources-'));
const file = path.join(folder, 'edge.yaml');
const text = (services: string) => `
sites: { berlin: { gateway: [10.2.0.1] } }
nodes: { b1: { site: berlin, addresses: [10.2.0.11] } }
services: { ${services} }
`;
const web = 'shop/web: { ports: {}, copies: [{ node: b1, address: 10.2.9.1 }] }';
const log = createLog();
vi.spyOn(log, 'info').mockReturnValue();
const logged = vi.spyOn(log, 'error').mockReturnValue();

/** A source that says what a test wants it to. */
class Said implements Source {
  readonly name = 'said';
  sink: SourceSink | undefined;
  start(sink: SourceSink): void {
    this.sink = sink;
  }
  async close(): Promise<void> {
    this.sink = undefined;
  }
  say(told: Readonly<Record<string, Told | undefined>>): void {
    this.sink?.change(new Map(Object.entries(told)));
  }
}

const taken: ModelChange[] = [];
const said = new Said();
let sources: Sources;
const { sources: _, ...api } = serviceOf('api', { copies: [copyOf('api', 'b1')] });

beforeEach(() => {
  writeFileSync(file, text(web));
  taken.length = 0;
  logged.mockClear();
  sources = new Sources(file, [said], log);
  sources.start((change) => taken.push(change));
  return () => sources.close();
});
afterEach(() => rmSync(file, { force: true }));

test('nothing is told before every source has been heard', async () => {
  const isHeard = vi.fn();
  sources.heard.then(isHeard);
  await Promise.resolve();
  expect(taken).toEqual([]);
  expect(isHeard).not.toHaveBeenCalled();
  said.say({ api: { service: { ...api, explicit: false } } });
  await sources.heard;
  expect(taken).toHaveLength(1);
  expect([...(taken[0]?.services.keys() ?? [])].sort()).toEqual(['shop/api', 'shop/web']);
  expect(taken[0]?.places?.nodes).toHaveProperty('b1');
});

test('a change of the file tells what is different in it', async () => {
  said.say({});
  writeFileSync(file, text('shop/shop: { ports: {} }'));
  await vi.waitFor(() => expect(taken).toHaveLength(2), { interval: 5 });
  expect(taken[1]?.services.get('shop/web')).toBeUndefined();
  expect([...(taken[1]?.services.keys() ?? [])].sort()).toEqual(['shop/shop', 'shop/web']);
});

test('a file that is wrong changes nothing', async () => {
  said.say({});
  writeFileSync(file, 'sites: [');
  await vi.waitFor(() => expect(logged).toHaveBeenCalled(), { interval: 5 });
  expect(taken).toHaveLength(1);
});

test('a clash with the file is told once, and the file has the name', () => {
  said.say({ web: { service: { ...api, name: 'web', explicit: false } } });
  said.say({ api: { service: { ...api, explicit: false } } });
  expect(taken[0]?.services.get('shop/web')?.sources).toEqual([`static ${file}`]);
  const clashes = logged.mock.calls.map(([about]) => JSON.stringify(about));
  expect(clashes).toEqual([
    expect.stringMatching(/said: web is published as shop\/web, as is services.shop\/web of static/),
  ]);
});
