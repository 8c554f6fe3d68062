import { spawn } from 'node:child_process';
import path from 'node:path';
import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { BondLab } from '../test/support/bond-lab.ts';
import { until } from '../test/support/until.ts';
import { takingDown } from './lib/bench-host.ts';
import { printed } from './lib/printed.ts';
import { atLeast, atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';
import { SteadyPings } from './lib/steady-pings.ts';

const arms = ['link', 'bond'] as const;
const flowCounts = [1, 8, 64] as const;
/** Connections that ranks sum up by, at once. */
const connections = 8;
const failures = ['pulled', 'silent'] as const;
/** The third link is in no bond: the kernel’s alone. */
const ways = {
  link: { address: '10.8.0.2', here: 'eth3', there: 'sw3' },
  bond: { address: '10.9.0.2', here: 'bond0', there: 'sw' },
} as const;

interface BondsOptions extends ReportOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly rate: number;
  readonly bytes: number;
}

export function bonds() {
  return benchmark('bonds', 'a bond of two links beside one such link, and what is lost where a link goes')
    .option('--rounds <n>', 'rounds, each way once in each', positive, 6)
    .option('--seconds <n>', 'of each stream', positive, 10)
    .option('--rate <n>', 'Mbit/s that each link lets through', positive, 100)
    .option('--bytes <n>', 'that ranks sum up each time', positive, 2 ** 24)
    .action(measure);
}

async function measure(options: BondsOptions): Promise<void> {
  const report = startReport('bonds', options);
  const lab = new BondLab(3);
  const remove = takingDown(() => lab.remove());
  try {
    await open(lab, `${options.rate}mbit`);
    const found = await alternate(arms, options.rounds, async (arm) => {
      const bits: number[] = [];
      for (const count of flowCounts) bits.push(await stream(lab, ways[arm].address, count, options.seconds));
      return bits;
    });
    const of = (arm: (typeof arms)[number], count: number) =>
      found[arm].map((bits) => bits[flowCounts.indexOf(count as 1)] ?? Number.NaN);
    const gains = flowCounts.map((count) => {
      const all = ratios(of('bond', count), of('link', count));
      say(`${count} flows, of one link: ${inWords(summarize(all), (value) => value.toFixed(2))}`);
      return median(all);
    });
    const sums = await alternate(arms, options.rounds, (arm, round) =>
      allReduce(lab, arm, options.bytes, round),
    );
    const faster = ratios(sums.link, sums.bond);
    say(`all-reduce, of one link: ${inWords(summarize(faster), (value) => value.toFixed(2))}`);
    const gaps = await alternate(failures, options.rounds, (failure) => gapOf(lab, failure));
    for (const failure of failures)
      say(
        `longest gap, a link ${failure}: ${inWords(summarize(gaps[failure]), (ms) => `${ms.toFixed(0)} ms`)}`,
      );
    report.save(
      { ...options, found, sums, gaps },
      [
        atLeast('TCP with 64 flows over two links, of one link', 1.95, gains[2] ?? 0),
        atLeast('all-reduce over two links, of one link', 1.6, median(faster)),
        atMost('TCP with one flow, of one link: it takes one', 1.05, gains[0] ?? 0),
        atMost(
          'seconds without an answer where a link is pulled, the longest',
          0.05,
          Math.max(...gaps.pulled) / 1000,
        ),
        atMost(
          'seconds without an answer where a link falls silent, the longest',
          0.3,
          Math.max(...gaps.silent) / 1000,
        ),
      ],
      [
        {
          title: 'TCP over two links bonded, and over one',
          x: 'flows',
          y: 'Mbit/s',
          series: arms.map((arm) => ({
            name: arm,
            points: flowCounts.map((count) => ({
              x: `${count}`,
              y: summarize(of(arm, count)).mean / 1e6,
            })),
          })),
        },
      ],
    );
  } finally {
    await remove();
  }
}

async function open(lab: BondLab, rate: string): Promise<void> {
  await lab.start(rate);
  await lab.vsctl('del-port', 'sw', 'lag-sw');
  await lab.group([1, 2], 'sw', true);
  lab.run('switch', 'nft', 'flush', 'chain', 'netdev', 'lab', 'sw3');
  lab.run('switch', 'nft', 'delete', 'chain', 'netdev', 'lab', 'sw3');
  lab.run('switch', 'ip', 'address', 'add', '10.8.0.2/24', 'dev', 'sw3');
  lab.run('node', 'ip', 'address', 'add', '10.8.0.1/24', 'dev', 'eth3');
  const bond0 = { links: ['eth1', 'eth2'], detect: '100ms', addresses: ['10.9.0.1/24'] };
  await lab.host.startNode({ bond0 });
  await lab.becomes('the bond is up', ({ state }) => state === 'up');
  spawn('nsenter', [`--net=/run/netns/${lab.nameOf('switch')}`, '--', 'iperf3', '-s'], { stdio: 'ignore' });
  for (const { address } of Object.values(ways))
    await until(`${address} answers`, async () => (await stream(lab, address, 1, 1)) > 0);
}

/** The longest time in milliseconds without an answer, as one link goes and then the other: a flow takes one of them each way. */
async function gapOf(lab: BondLab, failure: (typeof failures)[number]): Promise<number> {
  const turn = failure === 'pulled' ? lab.pull.bind(lab) : lab.silence.bind(lab);
  const gaps: number[] = [];
  using pings = new SteadyPings([`--net=/run/netns/${lab.nameOf('node')}`], ways.bond.address);
  for (const link of [1, 2]) {
    await pings.further(50);
    const moment = Date.now();
    turn(link, true);
    await lab.becomes('it is seen', ({ members }) => members[link - 1]?.used === false);
    await pings.further(100);
    gaps.push(pings.since(moment).gap);
    turn(link, false);
    await lab.becomes('it is up', ({ members }) => members.every(({ used }) => used));
    // Else the next would leave it without any link that both ends take.
    await until('the switch takes it', () => lab.isTaken());
  }
  return Math.max(...gaps);
}

/** @returns seconds in which two ranks sum up, the median of several times */
async function allReduce(
  lab: BondLab,
  arm: (typeof arms)[number],
  bytes: number,
  round: number,
): Promise<number> {
  const { address, here, there } = ways[arm];
  const rank = (where: 'node' | 'switch', number: number, device: string) =>
    printed('nsenter', [
      `--net=/run/netns/${lab.nameOf(where)}`,
      '--',
      '/usr/bin/python3',
      path.join(import.meta.dirname, 'lib', 'ranks.py'),
      ...[number, address, 29_500 + round, device, connections, bytes, 7].map(String),
    ]);
  const [, text] = await Promise.all([rank('switch', 0, there), rank('node', 1, here)]);
  return median(JSON.parse(text) as number[]);
}

/** @returns bits that arrived in a second; 0 where nobody answered */
async function stream(lab: BondLab, address: string, count: number, seconds: number): Promise<number> {
  const client = [
    'iperf3',
    '-c',
    address,
    '-J',
    '--connect-timeout',
    '1000',
    '-t',
    `${seconds}`,
    '-P',
    `${count}`,
  ];
  const said = JSON.parse(
    await printed('nsenter', [`--net=/run/netns/${lab.nameOf('node')}`, '--', ...client]),
  ) as { end: { sum_received?: { bits_per_second: number } } };
  return said.end.sum_received?.bits_per_second ?? 0;
}
