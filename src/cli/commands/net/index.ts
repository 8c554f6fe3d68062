import { Command } from 'commander';
import { listArchetypes } from './archetypes.ts';
import { showBonds } from './bond.ts';
import { createNetwork } from './create.ts';
import { networkFlows } from './flows.ts';
import { networkGraph } from './graph.ts';
import { inspectNetworks } from './inspect.ts';
import { listNetworks } from './ls.ts';
import { removeNetworks } from './rm.ts';
import { networkStats } from './stats.ts';
import { switchNetwork } from './switch.ts';
import { traceFrame } from './trace.ts';
import { updateNetwork } from './update.ts';

/** `heddle net`: networks of every archetype. */
export function net(): Command {
  return new Command('net')
    .description(
      'Networks of this host, of any archetype: make, list, show, switch and remove them, and see what passes on them',
    )
    .addCommand(listNetworks())
    .addCommand(createNetwork())
    .addCommand(inspectNetworks())
    .addCommand(updateNetwork())
    .addCommand(switchNetwork())
    .addCommand(removeNetworks())
    .addCommand(networkStats())
    .addCommand(networkFlows())
    .addCommand(traceFrame())
    .addCommand(networkGraph())
    .addCommand(listArchetypes())
    .addCommand(showBonds());
}
