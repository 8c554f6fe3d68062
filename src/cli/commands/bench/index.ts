import { Command } from 'commander';
import { benchNet } from './net.ts';

/** `heddle bench`: measures this host. */
export function bench(): Command {
  return new Command('bench')
    .description('Measure what container networks of this host give, beside its own')
    .addCommand(benchNet());
}
