import { managementInterface } from '../../../networks/management/bridge.ts';
import type {
  InterfaceRecord,
  InterfaceStatus,
  ProcessRecord,
  ResourceRecord,
  SnmpSource,
  SystemRecord,
} from '../records.ts';
import { objects, storageTypes } from './objects.ts';
import { type Row, rowsOf, scalarOf } from './table.ts';
import { macOf, numberOf, textOf, type Varbind } from './varbind.ts';

/** From `system` and `hrSystem`. */
export function systemRecord(source: SnmpSource, varbinds: readonly Varbind[]): SystemRecord {
  const value = (name: keyof typeof objects) => scalarOf(varbinds, objects[name]);
  return {
    ...source,
    name: textOf(value('sysName')),
    contact: textOf(value('sysContact')),
    location: textOf(value('sysLocation')),
    description: textOf(value('sysDescr')),
    uptime: numberOf(value('hrSystemUptime')) / 100,
    agentUptime: numberOf(value('sysUpTime')) / 100,
    processes: numberOf(value('hrSystemProcesses')),
  };
}

/** From `ifTable` and `ifXTable`: counters of 64 bits where the older table has 32. */
export function interfaceRecords(source: SnmpSource, varbinds: readonly Varbind[]): InterfaceRecord[] {
  const extended = new Map(rowsOf(varbinds, objects.ifXEntry).map((row) => [row.index, row]));
  return rowsOf(varbinds, objects.ifEntry).map((row) => {
    const more = extended.get(row.index);
    const name = textOf(more?.columns.get(1) ?? row.columns.get(2));
    const number = (column: number) => numberOf(row.columns.get(column));
    return {
      ...source,
      index: number(1),
      name,
      mac: macOf(row.columns.get(6)) ?? null,
      mtu: number(4),
      speed: numberOf(more?.columns.get(15)) * 1_000_000,
      admin: statusOf(number(7)),
      oper: statusOf(number(8)),
      management: name === managementInterface,
      in: {
        bytes: numberOf(more?.columns.get(6)),
        packets: sum(more, 7, 8, 9),
        discards: number(13),
        errors: number(14),
      },
      out: {
        bytes: numberOf(more?.columns.get(10)),
        packets: sum(more, 11, 12, 13),
        discards: number(19),
        errors: number(20),
      },
    };
  });
}

/** From `hrSWRunTable` and `hrSWRunPerfTable`. */
export function processRecords(source: SnmpSource, varbinds: readonly Varbind[]): ProcessRecord[] {
  const costs = new Map(rowsOf(varbinds, objects.hrSWRunPerfEntry).map((row) => [row.index, row.columns]));
  const states = ['invalid', 'running', 'runnable', 'notRunnable'] as const;
  return rowsOf(varbinds, objects.hrSWRunEntry).map(({ index, columns }) => ({
    ...source,
    pid: numberOf(columns.get(1)),
    name: textOf(columns.get(2)),
    path: textOf(columns.get(4)),
    arguments: textOf(columns.get(5)),
    state: states[numberOf(columns.get(7))] ?? 'invalid',
    cpu: numberOf(costs.get(index)?.get(1)) / 100,
    memory: numberOf(costs.get(index)?.get(2)) * 1024,
  }));
}

/** From `hrStorageTable`, `hrDeviceTable` and `hrProcessorTable`. Empty when the agent cannot see the service's files. */
export function resourceRecords(source: SnmpSource, varbinds: readonly Varbind[]): ResourceRecord[] {
  const devices = new Map(rowsOf(varbinds, objects.hrDeviceEntry).map((row) => [row.index, row.columns]));
  const processors = rowsOf(varbinds, objects.hrProcessorEntry).map(({ index, columns }): ResourceRecord => {
    const name = textOf(devices.get(index)?.get(3));
    // Heddle's agent begins the description with the cores that the service may use.
    const size = Number.parseFloat(name) || 1;
    const used = Math.round((numberOf(columns.get(2)) / 100) * size * 1000) / 1000;
    return { ...source, kind: 'cpu', name, unit: 'cores', size, used, failures: 0 };
  });
  const stores = rowsOf(varbinds, objects.hrStorageEntry).map(({ columns }): ResourceRecord => {
    const unit = numberOf(columns.get(4));
    return {
      ...source,
      kind: storageTypes[columns.get(2)?.value ?? ''] ?? 'filesystem',
      name: textOf(columns.get(3)),
      unit: 'bytes',
      size: numberOf(columns.get(5)) * unit,
      used: numberOf(columns.get(6)) * unit,
      failures: numberOf(columns.get(7)),
    };
  });
  return [...processors, ...stores];
}

/** ifAdminStatus and ifOperStatus (RFC 2863). */
function statusOf(number: number): InterfaceStatus {
  const names = ['up', 'down', 'testing', 'unknown', 'dormant', 'notPresent', 'lowerLayerDown'] as const;
  return names[number - 1] ?? 'unknown';
}

function sum(row: Row | undefined, ...columns: readonly number[]): number {
  return columns.reduce((total, column) => total + numberOf(row?.columns.get(column)), 0);
}
