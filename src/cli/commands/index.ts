import type { Command } from 'commander';
import { featureCommands } from '../../features/commands.ts';
import { attach } from './attach.ts';
import { bench } from './bench/index.ts';
import { build } from './build.ts';
import { chain } from './chain/index.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { cost } from './cost.ts';
import { cp } from './cp.ts';
import { create } from './create.ts';
import { doctor } from './doctor.ts';
import { door } from './door/index.ts';
import { down } from './down.ts';
import { edge } from './edge/index.ts';
import { endpoint } from './endpoint/index.ts';
import { etarch } from './etarch/index.ts';
import { events } from './events.ts';
import { exec } from './exec.ts';
import { features } from './features.ts';
import { images } from './images.ts';
import { inspect } from './inspect.ts';
import { jobs } from './jobs.ts';
import { kill } from './kill.ts';
import { link } from './link/index.ts';
import { logs } from './logs.ts';
import { ls } from './ls.ts';
import { net } from './net/index.ts';
import { node } from './node/index.ts';
import { pauseCommand } from './pause.ts';
import { plan } from './plan.ts';
import { port } from './port.ts';
import { ps } from './ps.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import { rm } from './rm.ts';
import { run } from './run.ts';
import { scale } from './scale.ts';
import { schema } from './schema.ts';
import { servicesCommand } from './services.ts';
import { spec } from './spec.ts';
import { stats } from './stats.ts';
import { top } from './top.ts';
import { up } from './up.ts';
import { versionCommand } from './version.ts';
import { wait } from './wait.ts';
import { watchCommand } from './watch.ts';

/** Every command by its name, in the order of the help. One file a command; what is heavy is imported when it runs. */
const makers: Readonly<Record<string, () => Command>> = {
  up,
  create,
  down,
  plan,
  ps,
  ls,
  logs,
  run,
  exec,
  cp,
  stop: () => servicesCommand('stop', 'Stop services'),
  start: () => servicesCommand('start', 'Start services that were stopped'),
  restart: () =>
    servicesCommand(
      'restart',
      'Restart the containers of services; agents and connections of other services stay',
    ),
  scale,
  jobs,
  kill,
  pause: () => pauseCommand('pause', 'Pause services: their processes stand still'),
  unpause: () => pauseCommand('unpause', 'Let paused services go on'),
  rm,
  attach,
  top,
  port,
  stats,
  events,
  wait,
  watch: watchCommand,
  build,
  pull,
  push,
  images,
  ...featureCommands,
  cost,
  inspect,
  features,
  config: () => config().alias('convert'),
  spec,
  schema,
  net,
  endpoint,
  link,
  bench,
  chain,
  etarch,
  door,
  edge,
  completion,
  version: versionCommand,
  doctor,
  node,
};
const aliases: Readonly<Record<string, string>> = { convert: 'config' };

/** All of them. */
export function commands(): Command[] {
  return Object.values(makers).map((make) => make());
}

/** One of them alone: to make them all takes longer than most of them run. */
export function commandNamed(name: string): Command | undefined {
  const own = aliases[name] ?? name;
  return Object.hasOwn(makers, own) ? makers[own]?.() : undefined;
}
