import { median, ratios, summarize } from '../src/lib/statistics.ts';
import { takingDown } from './lib/bench-host.ts';
import { NetworksHost } from './lib/networks-host.ts';
import { processUsage } from './lib/process-usage.ts';
import { atMost, benchmark, positive, type ReportOptions, startReport } from './lib/report.ts';
import { alternate, inWords, say } from './lib/rounds.ts';

interface ApiOptions extends ReportOptions {
  readonly rounds: number;
  readonly networks: number;
}

/** Of each network, where there are many. */
const endpoints = 5;
/** Networks at the beginning and at the end that are compared. */
const compared = 20;
const arms = ['api', 'script'] as const;
const counts = ['first', 'last'] as const;

export function networksApi() {
  return benchmark(
    'networks-api',
    'what it takes to make networks by the API, beside a script, and beside many others',
  )
    .option('--rounds <n>', 'rounds, a network by each way in each', positive, 20)
    .option('--networks <n>', 'networks beside each other, at least 40', positive, 200)
    .action(measure);
}

async function measure(options: ApiOptions): Promise<void> {
  const report = startReport('networks-api', options);
  const hosts: NetworksHost[] = [];
  const remove = takingDown(async () => {
    for (const host of hosts) await host.close();
  });
  try {
    const host = await NetworksHost.start('one', endpoints);
    hosts.push(host);
    const full = await NetworksHost.start('full', endpoints);
    hosts.push(full);
    // What is loaded once is loaded.
    for (let warm = 0; warm < 3; warm++) await byApi(host);
    const made = await alternate(arms, options.rounds, (arm) =>
      arm === 'api' ? byApi(host) : byScript(host),
    );
    for (const arm of arms) say(`${arm}: ${inWords(summarize(made[arm]), milliseconds)}`);
    const ratio = median(ratios(made.api, made.script));
    const before = processUsage(full.pid).memory;
    for (let number = 0; number < options.networks - compared; number++) await make(full, number);
    // The first of one host and the last of another take turns: what the machine does beside weighs on both alike.
    const times = await alternate(counts, compared, (arm, round) =>
      arm === 'first' ? make(host, round) : make(full, options.networks - compared + round),
    );
    const after = processUsage(full.pid).memory;
    for (const arm of counts) say(`the ${arm} ${compared}: ${inWords(summarize(times[arm]), milliseconds)}`);
    const growth = median(times.last) / median(times.first);
    const perNetwork = (after - before) / options.networks / 1024;
    say(`${perNetwork.toFixed(1)} KiB of the node a network, ${Math.round(after / 2 ** 20)} MiB in all`);
    report.save(
      { ...options, endpoints, ratio, growth, perNetwork, memory: { before, after }, made, times },
      [
        atMost('a network with two endpoints, times a script of the same commands', 1.2, ratio),
        atMost(
          `${options.networks} networks of ${endpoints} endpoints: the last ${compared}, times the first`,
          1.2,
          growth,
        ),
      ],
      [
        {
          title: `Time to make a network of ${endpoints} endpoints`,
          x: 'network',
          y: 'ms',
          series: counts.map((name) => ({
            name: `the ${name} ${compared} of ${options.networks}`,
            points: times[name].map((y, index) => ({ x: index + 1, y })),
          })),
        },
      ],
    );
  } finally {
    await remove();
  }
}

/** A network of `linux` with two endpoints; returns the milliseconds until all are there. */
async function byApi(host: NetworksHost): Promise<number> {
  const { networks } = host.networking;
  const began = performance.now();
  await networks.create({ name: 'bench', archetype: 'linux' });
  for (const index of [0, 1])
    await host.networking.endpoints('bench').create({
      name: `e${index}`,
      attachment: { kind: 'namespace', path: host.station(index), interface: 'eth0' },
    });
  const took = performance.now() - began;
  await host.remove('bench');
  return took;
}

/** The same commands, each by itself. */
async function byScript(host: NetworksHost): Promise<number> {
  const endpoint = (index: number) => {
    const [port, inside] = [`hp${index}`, `nsenter --net=${host.station(index)} -- ip`];
    const mac = `02:00:00:00:00:0${index}`;
    return [
      `ip link add ${port} mtu 1500 type veth peer name eth0 address ${mac} mtu 1500 netns ${host.station(index)}`,
      `ip link set ${port} alias "endpoint e${index} of bench" mtu 1500 addrgenmode none`,
      `ip link set ${port} master hbscript up`,
      `ip link set ${port} type bridge_slave isolated off hairpin off`,
      `${inside} link set lo up`,
      `${inside} link set eth0 address ${mac} mtu 1500 up`,
    ];
  };
  const took = await host.script([
    'ip link add hbscript address 02:00:00:00:00:ff mtu 1500 type bridge forward_delay 0 stp_state 0',
    'ip link set hbscript alias "network bench" mtu 1500 addrgenmode none up',
    ...endpoint(0),
    ...endpoint(1),
  ]);
  await host.script(['ip link del hp0', 'ip link del hp1', 'ip link del hbscript']);
  return took;
}

/** A network of `ip` with its endpoints, which stays; returns the milliseconds until all are there. */
async function make(host: NetworksHost, number: number): Promise<number> {
  const name = `net${number}`;
  const began = performance.now();
  await host.networking.networks.create({ name, archetype: 'ip', options: { names: false } });
  for (let index = 0; index < endpoints; index++)
    await host.networking.endpoints(name).create({
      name: `e${index}`,
      attachment: { kind: 'namespace', path: host.station(index), interface: `e${number}` },
      options: { defaultRoute: false },
    });
  const took = performance.now() - began;
  if (number % compared === compared - 1) say(`${number + 1} networks; this one: ${milliseconds(took)}`);
  return took;
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}
