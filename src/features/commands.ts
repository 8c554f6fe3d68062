import type { Command } from 'commander';
import { firewall } from './firewall/command.ts';
import { flows } from './flows/command.ts';
import { latency } from './latency/command.ts';
import { snmp } from './snmp/command.ts';

/** The command of every feature, in the order of the help. */
export function featureCommands(): Command[] {
  return [flows(), firewall(), latency(), snmp()];
}
