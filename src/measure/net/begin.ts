import { randomBytes, randomInt } from 'node:crypto';
import { didYouMean } from '../../lib/did-you-mean.ts';
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
  /** At which paths end. */
  readonly node?: string;
  /** Kinds of tests. Empty: all. */
  readonly kinds: readonly string[];
}

/** More than one stream, and one alone, show what of a network differs; so do small messages, and what it is like while others use it. */
const tests: readonly Test[] = [
  { kind: 'throughput', streams: 1 },
  { kind: 'throughput', streams: 1, size: 1024 },
  { kind: 'throughput', streams: 8 },
  { kind: 'datagrams', size: 1400 },
  { kind: 'datagrams', size: 64 },
  { kind: 'latency', size: 64, underLoad: false },
  { kind: 'latency', size: 64, underLoad: true },
  { kind: 'connections', parallel: 32 },
  { kind: 'all-reduce', size: 16_777_216 },
  { kind: 'copy', files: 200, size: 1_048_576 },
];
/** What can be asked for. */
export const testKinds: readonly string[] = [...new Set(tests.map(({ kind }) => kind))];

/**
 * Notes what is to be measured in a folder that has no results yet.
 * @throws HeddleError ERR_USAGE
 */
export function beginRun(results: Results, { networks, time, rounds, seed, node, kinds }: Asked): void {
  if (results.isThere)
    throw new HeddleError('ERR_USAGE', `${results.folder} has the results of another benchmark`, {
      hint: 'go on with it by --resume, or name another folder',
    });
  const milliseconds = parseDuration(time);
  if (milliseconds === undefined)
    throw new HeddleError('ERR_USAGE', `"${time}" is no duration`, { hint: 'write it as 90s, 10m, 1h' });
  if (rounds < 1 || rounds > 1000) throw new HeddleError('ERR_USAGE', 'there are 1 to 1000 rounds');
  for (const name of networks) kindNamed(name);
  for (const name of kinds) checkKind(name);
  const all = networks.length > 0 ? networks : pathKinds.map(({ name }) => name);
  // Without what it is compared with, a figure of one host says nothing to another.
  const paths = [...new Set([baseline, ...all])];
  const chosen = seed ?? randomInt(2 ** 32);
  const asked = tests.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  const turns = schedule(paths, asked, { rounds, seed: chosen });
  const least = secondsOfAll(turns, shortest);
  if (milliseconds < least * 1000)
    throw new HeddleError('ERR_USAGE', `${turns.length} turns take ${least}s at least, and not ${time}`, {
      hint: 'give it more --time, or fewer --rounds, networks or tests',
    });
  results.begin({
    format: 1,
    id: randomBytes(4).toString('hex'),
    began: new Date().toISOString(),
    seed: chosen,
    rounds,
    seconds: secondsEach(turns, milliseconds / 1000),
    paths,
    ...(node !== undefined && { node }),
    tests: asked,
    isChosen: networks.length > 0,
    areTestsChosen: kinds.length > 0,
  });
}

/** @throws HeddleError ERR_USAGE */
function checkKind(name: string): void {
  if (testKinds.includes(name)) return;
  throw new HeddleError('ERR_USAGE', `there is no test "${name}"`, { hint: didYouMean(name, testKinds) });
}
