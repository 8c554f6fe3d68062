import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { desired, replica } from '../../../test/support/published-replicas.ts';
import type { EdgeListing } from '../../edge/sources/engine/record.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import { createLog } from '../../lib/log.ts';
import type { Desired } from '../desired.ts';
import { EdgeServices } from './edge-services.ts';

const log = createLog();
const warned = vi.spyOn(log, 'warn').mockReturnValue();
let wanted: Map<string, Desired>;
let look: ReturnType<typeof vi.fn<(project: string) => Promise<readonly ObservedContainer[]>>>;
let edge: EdgeServices;
let listings: string[][];

beforeEach(() => {
  vi.useFakeTimers();
  wanted = new Map([['shop', desired(2)]]);
  look = vi.fn(async () => replica(1));
  edge = new EdgeServices(
    {
      desired: (project) => wanted.get(project),
      allDesired: () => [...wanted.values()],
      containers: (project) => look(project),
    },
    log,
  );
  listings = [];
  void follow();
});
afterEach(() => {
  edge.stop();
  vi.useRealTimers();
});

const names = ({ services }: EdgeListing) => services.flatMap(({ copies }) => copies.map(({ id }) => id));
async function follow(): Promise<void> {
  for await (const listing of edge.follow(new AbortController().signal)) listings.push(names(listing));
}
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test('nothing is told before every application was looked at, then all at once', async () => {
  wanted.set('other', desired(1, { spec: { ...desired(1).spec, project: 'other' } }));
  const answer = Promise.withResolvers<readonly ObservedContainer[]>();
  look.mockImplementation(async (project) => (project === 'other' ? answer.promise : replica(1)));
  edge.start();
  await pass(1000);
  expect(listings).toEqual([]);
  answer.resolve([]);
  await pass(0);
  expect(listings).toEqual([['shop-web-1']]);
});

test('what happens to a container is told a moment later, and what is as it was is not', async () => {
  edge.start();
  await pass(100);
  look.mockResolvedValue([...replica(1), ...replica(2)]);
  edge.onEvent('shop', { action: 'start' });
  edge.onEvent('shop', { action: 'health' });
  await pass(10);
  edge.onEvent('shop', { action: 'health' });
  await pass(100);
  expect(listings).toEqual([['shop-web-1'], ['shop-web-1', 'shop-web-2']]);
});

test('an event during a look has another one follow it', async () => {
  edge.start();
  await pass(100);
  const answer = Promise.withResolvers<readonly ObservedContainer[]>();
  look.mockReturnValueOnce(answer.promise).mockResolvedValue([]);
  edge.onEvent('shop', { action: 'start' });
  await pass(100);
  edge.onEvent('shop', { action: 'die' });
  answer.resolve(replica(2));
  await pass(100);
  expect(listings.at(-1)).toEqual([]);
});

test('what no event told of is seen when somebody looks', async () => {
  edge.start();
  await pass(100);
  const looks = look.mock.calls.length;
  edge.see('shop', replica(1));
  await pass(100);
  expect(look).toHaveBeenCalledTimes(looks);
  look.mockResolvedValue([]);
  edge.see('shop', []);
  await pass(100);
  expect(listings).toEqual([['shop-web-1'], []]);
});

test('what is wanted no more is gone at once', async () => {
  edge.start();
  await pass(100);
  wanted.delete('shop');
  edge.wanted('shop');
  await pass(0);
  expect(listings).toEqual([['shop-web-1'], []]);
});

test('an engine that does not answer takes nothing away', async () => {
  edge.start();
  await pass(100);
  look.mockRejectedValueOnce(new Error('gone')).mockResolvedValue(replica(2));
  edge.onEvent('shop', { action: 'die' });
  await pass(500);
  expect(listings).toEqual([['shop-web-1']]);
  expect(warned).toHaveBeenCalled();
  await pass(1000);
  expect(listings).toEqual([['shop-web-1'], ['shop-web-2']]);
});

test('who listens hears something every five seconds', async () => {
  edge.start();
  await pass(12_000);
  expect(listings).toEqual([['shop-web-1'], ['shop-web-1'], ['shop-web-1']]);
});

test('who asks once gets it when it is known', async () => {
  const asked = edge.listing(new AbortController().signal);
  edge.start();
  await pass(100);
  expect(names(await asked)).toEqual(['shop-web-1']);
});
