import type { Command } from 'commander';
import { firewall } from './firewall/command.ts';
import { flows } from './flows/command.ts';
import { inspection } from './inspection/command.ts';
import { latency } from './latency/command.ts';
import { shaper } from './shaper/command.ts';
import { snmp } from './snmp/command.ts';

/** How the command of every feature is made, by its name, in the order of the help. */
export const featureCommands: Readonly<Record<string, () => Command>> = {
  flows,
  firewall,
  inspection,
  latency,
  shaper,
  snmp,
};
