import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import type { NetworkingService } from '../../../networks/standard/networking-service.ts';
import { scratchFolder } from '../scratch.ts';
import { ServedEnds } from './served-ends.ts';

/** Of the host’s own path nothing is asked of networks. */
const none = {} as NetworkingService;
const run = (number: number) => number.toString(16).padStart(8, '0');
const streams = { kind: 'throughput', streams: 1 } as const;
const gone = { code: 'ERR_MEASURE', message: expect.stringContaining('has no end of host') };

test('an end goes by itself when nobody asks anything of it', async () => {
  const ends = new ServedEnds('two', none, 50);
  expect(await ends.open('two', run(1), 'host', '127.0.0.1')).toEqual({ address: '127.0.0.1' });
  const folder = scratchFolder(`${run(1)}-host`);
  expect(existsSync(folder)).toBe(true);
  await until('it is gone', () => !existsSync(folder));
  await expect(ends.serve('two', run(1), 'host', streams)).rejects.toMatchObject(gone);
});

test('an end serves until it is taken away, and what is not there can be taken away', async () => {
  const ends = new ServedEnds('two', none);
  await ends.open('two', run(2), 'host', '127.0.0.1');
  const { port } = await ends.serve('two', run(2), 'host', streams);
  expect(port).toBeGreaterThan(0);
  await ends.endServers('two', run(2), 'host');
  await ends.close('two', run(2), 'host');
  await ends.close('two', run(2), 'host');
  await expect(ends.serve('two', run(2), 'host', streams)).rejects.toMatchObject(gone);
});

test('so many that fill a node are refused, and another node’s are not made here', async () => {
  const ends = new ServedEnds('two', none);
  for (let number = 16; number < 32; number++) await ends.open('two', run(number), 'host', '127.0.0.1');
  await expect(ends.open('two', run(99), 'host', '127.0.0.1')).rejects.toMatchObject({ code: 'ERR_MEASURE' });
  await expect(ends.open('one', run(3), 'host', '127.0.0.1')).rejects.toMatchObject({
    code: 'ERR_NODE_AWAY',
  });
  await ends.stop();
  expect(existsSync(scratchFolder(`${run(16)}-host`))).toBe(false);
});
