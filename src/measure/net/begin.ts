import { randomBytes, randomInt } from 'node:crypto';
import { HeddleError } from '../../lib/errors.ts';
import { parseDuration } from '../../lib/time.ts';
import type { Test } from './measurement.ts';
import { baseline, kindNamed, pathKinds } from './paths/kinds.ts';
import type { Results } from './results.ts';
import { schedule, secondsEach, secondsOfAll, shortest } from './schedule.ts';

interface Asked {
  /** Empty: all. */
  readonly networks: readonly string[];
  /** `10m`. */
  readonly time: string;
  readonly rounds: number;
  readonly seed?: number;
  readonly tests: readonly Test[];
}

/**
 * Notes what is to be measured in a folder that has no results yet.
 * @throws HeddleError ERR_USAGE
 */
export function beginRun(results: Results, { networks, time, rounds, seed, tests }: Asked): void {
  if (results.isThere)
    throw new HeddleError('ERR_USAGE', `${results.folder} has the results of another benchmark`, {
      hint: 'go on with it by --resume, or name another folder',
    });
  const milliseconds = parseDuration(time);
  if (milliseconds === undefined)
    throw new HeddleError('ERR_USAGE', `"${time}" is no duration`, { hint: 'write it as 90s, 10m, 1h' });
  if (rounds < 1 || rounds > 1000) throw new HeddleError('ERR_USAGE', 'there are 1 to 1000 rounds');
  for (const name of networks) kindNamed(name);
  const all = networks.length > 0 ? networks : pathKinds.map(({ name }) => name);
  // Without what it is compared with, a figure of one host says nothing to another.
  const paths = [...new Set([baseline, ...all])];
  const chosen = seed ?? randomInt(2 ** 32);
  const turns = schedule(paths, tests, { rounds, seed: chosen });
  const least = secondsOfAll(turns.length, shortest);
  if (milliseconds < least * 1000)
    throw new HeddleError('ERR_USAGE', `${turns.length} turns take ${least}s at least, and not ${time}`, {
      hint: 'give it more --time, or fewer --rounds or networks',
    });
  results.begin({
    format: 1,
    id: randomBytes(4).toString('hex'),
    began: new Date().toISOString(),
    seed: chosen,
    rounds,
    seconds: secondsEach(turns.length, milliseconds / 1000),
    paths,
    tests: [...tests],
    isChosen: networks.length > 0,
  });
}
