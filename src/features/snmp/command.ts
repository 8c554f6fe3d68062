import { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../../cli/listing.ts';
import type { Columns } from '../../cli/output/table.ts';
import { bytesText } from '../../cli/output/units.ts';
import type { objectsContract, SnmpView, SnmpViews, setContract, views } from './contract.ts';
import type { InterfaceCounters, ObjectRecord } from './records.ts';

interface Options extends ListingOptions {
  readonly all?: boolean;
}

export function snmp(): Command {
  return new Command('snmp')
    .description('Ask the SNMP agents of services that have the feature')
    .addCommand(
      view('interfaces', 'Interfaces and their counters', interfaceColumns).option(
        '-a, --all',
        'with the loopback and the management link',
      ),
      { isDefault: true },
    )
    .addCommand(view('system', 'Names, contacts, locations, time since the start', systemColumns))
    .addCommand(view('processes', 'Processes of the services', processColumns))
    .addCommand(view('resources', 'Memory, CPU and file systems of the services', resourceColumns))
    .addCommand(objects('get', 'Get objects: sysName, 1.3.6.1.2.1.1.3.0'))
    .addCommand(objects('walk', 'Get all objects below some: ifTable, 1.3.6.1.2.1.4'))
    .addCommand(set());
}

function view<View extends SnmpView>(
  name: View,
  description: string,
  columns: Columns<SnmpViews[View]>,
): Command {
  return listingCommand(name, description)
    .argument('[services...]', 'all that have the feature, when none is named')
    .action(async (services: string[], options: Options) => {
      const { node, project, print, orNone } = await listing(options);
      const asked = node.ask<(typeof views)[SnmpView]>(`GET /v1/applications/:project/snmp/view/${name}`, {
        params: { project },
        query: { services },
      });
      const rows = await orNone(asked as Promise<SnmpViews[View][]>, []);
      const shown = options.format === 'json' || options.all ? rows : rows.filter((row) => !isOwn(row));
      print(shown, columns);
    });
}

function objects(verb: 'get' | 'walk', description: string): Command {
  return listingCommand(verb, description)
    .argument('<service>')
    .argument('<objects...>', 'names that Heddle knows, or numbers')
    .action(async (service: string, names: string[], options: ListingOptions) => {
      const { node, project, print } = await listing(options);
      const rows = await node.ask<typeof objectsContract>('GET /v1/applications/:project/snmp/objects', {
        params: { project },
        query: { service, verb, objects: names },
      });
      print(rows, objectColumns);
    });
}

function set(): Command {
  return listingCommand('set', 'Set sysName, sysContact, sysLocation or ifAdminStatus.INTERFACE')
    .argument('<service>')
    .argument('<object>')
    .argument('<value>', 'text; up or down for an interface')
    .action(async (service: string, object: string, value: string, options: ListingOptions) => {
      const { node, project, print } = await listing(options);
      const rows = await node.ask<typeof setContract>('POST /v1/applications/:project/snmp/objects', {
        params: { project },
        body: { service, object, value },
      });
      print(rows, objectColumns);
    });
}

/** The loopback and the management link: no traffic of the application's. */
function isOwn(row: object): boolean {
  return 'management' in row && 'name' in row && (row.management === true || row.name === 'lo');
}

const faults = ({ discards, errors }: InterfaceCounters) => discards + errors;

const interfaceColumns: Columns<SnmpViews['interfaces']> = {
  POD: (row) => row.pod,
  INTERFACE: (row) => row.name,
  STATE: (row) => (row.admin === row.oper ? row.oper : `${row.oper} (set ${row.admin})`),
  MAC: (row) => row.mac ?? '',
  MTU: (row) => row.mtu,
  IN: (row) => bytesText(row.in.bytes),
  PACKETS: (row) => row.in.packets,
  OUT: (row) => bytesText(row.out.bytes),
  'PACKETS OUT': (row) => row.out.packets,
  LOST: (row) => faults(row.in) + faults(row.out),
};

const systemColumns: Columns<SnmpViews['system']> = {
  POD: (row) => row.pod,
  NAME: (row) => row.name,
  CONTACT: (row) => row.contact,
  LOCATION: (row) => row.location,
  UP: (row) => secondsText(row.uptime),
  PROCESSES: (row) => row.processes,
};

const processColumns: Columns<SnmpViews['processes']> = {
  POD: (row) => row.pod,
  PID: (row) => row.pid,
  NAME: (row) => row.name,
  STATE: (row) => row.state,
  CPU: (row) => `${row.cpu.toFixed(2)}s`,
  MEMORY: (row) => bytesText(row.memory),
  COMMAND: (row) => `${row.path} ${row.arguments}`.trim(),
};

function amount(row: SnmpViews['resources'], value: number): string {
  return row.unit === 'bytes' ? bytesText(value) : `${Number(value.toFixed(3))} cores`;
}

const resourceColumns: Columns<SnmpViews['resources']> = {
  POD: (row) => row.pod,
  KIND: (row) => row.kind,
  NAME: (row) => row.name,
  USED: (row) => amount(row, row.used),
  OF: (row) => amount(row, row.size),
  SHARE: (row) => `${row.size > 0 ? ((100 * row.used) / row.size).toFixed(1) : '0.0'} %`,
  REFUSED: (row) => row.failures,
};

const objectColumns: Columns<ObjectRecord> = {
  POD: (row) => row.pod,
  OBJECT: (row) => row.name ?? row.oid,
  TYPE: (row) => row.type,
  VALUE: (row) => row.value ?? 'no such object',
};

function secondsText(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const first = parts.findIndex((part) => part > 0);
  const named = parts.map((part, i) => `${part}${'dhms'[i]}`);
  return first === -1 ? '0s' : named.slice(first, first + 2).join(' ');
}
