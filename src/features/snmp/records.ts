import { integer, type Of, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

export const snmpSource = record('SnmpSource', 'Which replica of which service said it.', {
  service: text,
  pod: text,
});
export type SnmpSource = Of<typeof snmpSource>;

export const systemRecord = record(
  'SystemRecord',
  'SNMPv2-MIB’s system group (RFC 3418), and HOST-RESOURCES-MIB’s (RFC 2790).',
  {
    ...snmpSource.shape,
    name: text,
    contact: text,
    location: text,
    description: text,
    uptime: z
      .number()
      .describe('Seconds since the service’s first process, and since its agent, was started.'),
    agentUptime: z.number(),
    processes: integer,
  },
);
export type SystemRecord = Of<typeof systemRecord>;

const interfaceStatus = z.enum([
  'up',
  'down',
  'testing',
  'unknown',
  'dormant',
  'notPresent',
  'lowerLayerDown',
]);
export type InterfaceStatus = z.output<typeof interfaceStatus>;

const interfaceCounters = record('InterfaceCounters', '', {
  bytes: integer,
  packets: integer,
  discards: integer,
  errors: integer,
});
export type InterfaceCounters = Of<typeof interfaceCounters>;

export const interfaceRecord = record(
  'InterfaceRecord',
  'An interface (RFC 2863). The agent looks at the counters every 15 seconds at most.',
  {
    ...snmpSource.shape,
    index: integer,
    name: text,
    mac: text.nullable(),
    mtu: integer,
    speed: z.number().describe('Bits a second.'),
    admin: interfaceStatus,
    oper: interfaceStatus,
    management: z.boolean().describe('Whether it is Heddle’s own link, that only management passes.'),
    in: interfaceCounters,
    out: interfaceCounters,
  },
);
export type InterfaceRecord = Of<typeof interfaceRecord>;

export const processRecord = record('ProcessRecord', 'A process of the service (RFC 2790, hrSWRun).', {
  ...snmpSource.shape,
  pid: integer,
  name: text,
  path: text,
  arguments: text,
  state: z.enum(['running', 'runnable', 'notRunnable', 'invalid']),
  cpu: z.number().describe('Seconds of a core.'),
  memory: z.number().describe('Bytes.'),
});
export type ProcessRecord = Of<typeof processRecord>;

export const resourceRecord = record(
  'ResourceRecord',
  'What the service may use and uses (RFC 2790, hrStorage and hrProcessor), from its control group and its mounts.',
  {
    ...snmpSource.shape,
    kind: z.enum(['cpu', 'memory', 'cache', 'filesystem']),
    name: text,
    unit: z.enum(['bytes', 'cores']),
    size: z.number(),
    used: z.number(),
    failures: integer.describe('How often it was refused.'),
  },
);
export type ResourceRecord = Of<typeof resourceRecord>;

export const objectRecord = record('ObjectRecord', 'One object as the agent has it.', {
  ...snmpSource.shape,
  oid: text,
  name: text.nullable().describe('`sysName.0`, where Heddle knows one.'),
  type: text,
  value: z.union([z.string(), z.number(), z.null()]),
});
export type ObjectRecord = Of<typeof objectRecord>;
