import { median, ratios, summarize } from '../src/lib/statistics.ts';
import type { ChainStatus } from '../src/networks/path/proof/status.ts';
import { setup } from '../test/support/setup.ts';
import { SitesLab } from '../test/support/sites-lab.ts';
import { takingDown } from './lib/bench-host.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say, seconds } from './lib/rounds.ts';

interface SitesOptions extends ReportOptions {
  readonly rounds: number;
}

const project = 'heddle-bench-sites';
/** Where each service is placed: `here` is at Podman, `there` at Docker. */
const arms = { both: ['here', 'there'], podman: ['here', 'here'], docker: ['there', 'there'] } as const;
type Arm = keyof typeof arms;
const names = Object.keys(arms) as Arm[];

/** Milliseconds. */
interface Deployment {
  /** From the command until it returned, which is when its chain is proven. */
  readonly up: number;
  readonly down: number;
}

const image = 'image: localhost/heddle-test/tiny, init: true, stop_grace_period: 1s';
/** A service at each of two sites, and a function of the chain between them. */
const file = ([one, two]: readonly [string, string]) => `
services:
  web: { ${image}, networks: [lab], depends_on: [db], x-heddle: { place: ${one} } }
  db: { ${image}, networks: [lab], x-heddle: { place: ${two} } }
  fw: { ${image}, network_mode: none, x-heddle: { place: ${one}, function: wire } }
  ids: { ${image}, network_mode: none, x-heddle: { place: ${two}, function: wire } }
networks:
  lab: { ipam: { config: [{ subnet: 10.77.0.0/24 }] }, x-heddle: { archetype: ip, vlan: 100 } }
x-heddle:
  chains: [{ name: shop, from: web, to: db, match: { ports: [80/tcp] }, through: [fw, ids] }]
`;

export function chainsSites() {
  return benchmark(
    'chains-sites',
    'how long it takes from a file to a proven chain over two sites, and on two engines beside each alone',
  )
    .option('--rounds <n>', 'deployments over both sites, and at each alone', positive, 3)
    .action(measure);
}

async function measure(options: SitesOptions): Promise<void> {
  const report = startReport('chains-sites', options);
  await setup();
  const lab = new SitesLab({ hosts: { here: 'podman', there: 'docker' } });
  const remove = takingDown(() => lab.remove());
  try {
    await lab.start();
    for (const host of lab.hosts.values()) await host.have(...host.project(project, file(arms.both)));
    say('once unmeasured, so that every image is there');
    for (const arm of names) await deployment(lab, arm);
    const times = await alternate(names, options.rounds, async (arm, round) => {
      const one = await deployment(lab, arm);
      say(`round ${round + 1}, ${arm}: up ${seconds(one.up)}, down ${seconds(one.down)}`);
      return one;
    });
    const ups = (arm: Arm) => times[arm].map(({ up }) => up);
    for (const arm of names) say(`${arm}: ${inWords(summarize(ups(arm)), seconds)}`);
    const slower = ups('podman').map((one, round) => Math.max(one, ups('docker')[round] ?? 0));
    report.save(
      { ...options, times },
      [
        atMost('seconds from a file to a proven chain over two sites', 5, median(ups('both')) / 1000),
        atMost('on two engines, of the slower alone', 1.2, median(ratios(ups('both'), slower))),
      ],
      [
        {
          title: 'From a file to a proven chain',
          x: '',
          y: 'seconds',
          series: names.map((name) => {
            const { mean, interval } = summarize(ups(name).map((one) => one / 1000));
            return { name, points: [interval ? { x: '', y: mean, interval } : { x: '', y: mean }] };
          }),
        },
      ],
    );
  } finally {
    await remove();
  }
}

async function deployment(lab: SitesLab, arm: Arm): Promise<Deployment> {
  const host = lab.host('here');
  const given = host.project(project, file(arms[arm]));
  const began = performance.now();
  await host.ok('up', '--quiet', ...given);
  const up = performance.now() - began;
  const chains = await host.json<ChainStatus[]>('chain', 'ls', ...given);
  for (const { state, reason } of chains)
    if (state !== 'proven') throw new Error(`the chain is ${state}: ${reason}`);
  const after = performance.now();
  await host.ok('down', '--quiet', '-p', project);
  return { up, down: performance.now() - after };
}
