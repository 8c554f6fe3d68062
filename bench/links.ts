import { spawn } from 'node:child_process';
import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { LinksLab, type SiteNode } from '../test/support/links-lab.ts';
import { installPackage } from '../test/support/setup.ts';
import { until } from '../test/support/until.ts';
import { takingDown } from './lib/bench-host.ts';
import { HandMadeLink } from './lib/hand-made-link.ts';
import { printed } from './lib/printed.ts';
import { atLeast, atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';
import { SteadyPings } from './lib/steady-pings.ts';

interface LinksOptions extends ReportOptions {
  readonly rounds: number;
  readonly seconds: number;
}

const arms = ['hand-made', 'heddle'] as const;
/** How the path that is used is lost. */
const losses = ['silent', 'carrier'] as const;
type Loss = (typeof losses)[number];

/** What a steady stream sees of a path that is lost. */
interface Failover {
  /** Milliseconds of the longest time without an answer. */
  readonly gap: number;
  readonly lost: number;
}

export function links() {
  return benchmark('links', 'a link between sites beside one made by hand, and how soon another path is used')
    .option('--rounds <n>', 'rounds: each stream once, and each kind of loss', positive, 6)
    .option('--seconds <n>', 'of each stream', positive, 2)
    .action(measure);
}

async function measure(options: LinksOptions): Promise<void> {
  const report = startReport('links', options);
  if (process.env['HEDDLE_TEST_READY'] !== '1') installPackage();
  const lab = new LinksLab('wireguard');
  const remove = takingDown(() => lab.remove());
  try {
    await lab.start();
    const { a, b } = lab;
    await until('the cheaper path is used', () => areBy(lab, 'w1'));
    const { mtu, remote } = await a.link();
    const hand = new HandMadeLink([
      { node: a, outer: '198.51.101.1', mtu: mtu ?? 1420 },
      { node: b, outer: '198.51.101.2', mtu: mtu ?? 1420 },
    ]);
    const ends = { 'hand-made': hand.addresses[1], heddle: remote };
    spawn('nsenter', [`--net=/run/netns/${b.namespace}`, '--', 'iperf3', '-s'], { stdio: 'ignore' });
    for (const arm of arms) await until(`${arm} leads there`, () => stream(a, ends[arm], 1).then(Boolean));
    const speeds = await alternate(arms, options.rounds, (arm) => stream(a, ends[arm], options.seconds));
    for (const arm of arms) say(`${arm}: ${inWords(summarize(speeds[arm]), megabits)}`);
    const failovers = await alternate(losses, options.rounds, async (how, round) => {
      const one = await failover(lab, how, remote);
      say(`round ${round + 1}, ${how}: ${one.gap.toFixed(0)} ms without an answer, ${one.lost} pings lost`);
      return one;
    });
    const shares = ratios(speeds.heddle, speeds['hand-made']);
    const worst = (how: Loss) => Math.max(...failovers[how].map(({ gap }) => gap));
    report.save(
      { ...options, mtu, speeds, failovers, ratio: summarize(shares) },
      [
        atLeast('TCP over a link, of one made by hand', 0.95, median(shares)),
        ...losses.map((how) =>
          atMost(`seconds until another path is used (${how}), at most`, 0.3, worst(how) / 1000),
        ),
      ],
      [
        {
          title: 'TCP over wireguard-go',
          x: '',
          y: 'Mbit/s',
          series: arms.map((name) => {
            const { mean, interval } = summarize(speeds[name].map((bits) => bits / 1e6));
            return { name, points: [interval ? { x: '', y: mean, interval } : { x: '', y: mean }] };
          }),
        },
      ],
    );
  } finally {
    await remove();
  }
}

/** Bits a second. */
async function stream({ namespace }: SiteNode, address: string, seconds: number): Promise<number> {
  const client = ['iperf3', '-c', address, '-J', '--connect-timeout', '2000', '-t', String(seconds)];
  const text = await printed('nsenter', [`--net=/run/netns/${namespace}`, '--', ...client]);
  const { error, end } = JSON.parse(text);
  if (error !== undefined) throw new Error(error);
  return end.sum_received.bits_per_second;
}

async function failover(lab: LinksLab, how: Loss, remote: string): Promise<Failover> {
  await until('the cheaper path is used', () => areBy(lab, 'w1'));
  using pings = new SteadyPings([`--net=/run/netns/${lab.a.namespace}`], remote);
  await pings.further(100);
  const began = Date.now();
  lab.cut('w1', how, true);
  await until('the other path is used', () => areBy(lab, 'w2'));
  await pings.further(100);
  const seen = pings.since(began);
  lab.cut('w1', how, false);
  return seen;
}

async function areBy({ a, b }: LinksLab, uplink: string): Promise<boolean> {
  const all = await Promise.all([a.link(), b.link()]);
  return all.every((link) => link.uplink === uplink && link.state === 'up');
}

function megabits(bits: number): string {
  return `${(bits / 1e6).toFixed(0)} Mbit/s`;
}
