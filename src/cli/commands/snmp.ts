import { Command } from 'commander';
import type { InterfaceCounters, ObjectRecord, SnmpView, SnmpViews } from '../../monitor/snmp/record.ts';
import {
  type Format,
  formatOption,
  type NodeOptions,
  type ProjectOptions,
  projectCommand,
} from '../command.ts';
import { bytesText } from '../output/units.ts';

type Options = ProjectOptions & NodeOptions & { readonly format: Format; readonly all?: boolean };
type Columns<Row> = Readonly<Record<string, (row: Row) => string | number>>;

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
  columns: (text: Text) => Columns<SnmpViews[View]>,
): Command {
  return projectCommand(name, description)
    .argument('[services...]', 'all that have the feature, when none is named')
    .addOption(formatOption())
    .action(async (services: string[], options: Options) => {
      const { node, project, printRows, text } = await tools(options);
      const rows = await node.snmp(project, name, services);
      const shown = options.format === 'json' || options.all ? rows : rows.filter((row) => !isOwn(row));
      printRows(shown, options.format, columns(text));
    });
}

function objects(verb: 'get' | 'walk', description: string): Command {
  return projectCommand(verb, description)
    .argument('<service>')
    .argument('<objects...>', 'names that Heddle knows, or numbers')
    .addOption(formatOption())
    .action(async (service: string, names: string[], options: Options) => {
      const { node, project, printRows } = await tools(options);
      const rows = await node.snmpObjects(project, { service, verb, objects: names });
      printRows(rows, options.format, objectColumns);
    });
}

function set(): Command {
  return projectCommand('set', 'Set sysName, sysContact, sysLocation or ifAdminStatus.INTERFACE')
    .argument('<service>')
    .argument('<object>')
    .argument('<value>', 'text; up or down for an interface')
    .addOption(formatOption())
    .action(async (service: string, object: string, value: string, options: Options) => {
      const { node, project, printRows } = await tools(options);
      printRows(await node.snmpSet(project, { service, object, value }), options.format, objectColumns);
    });
}

interface Text {
  readonly bytes: (bytes: number) => string;
  readonly seconds: (seconds: number) => string;
}

async function tools(options: Options) {
  const [{ projectName }, { connectNode }, { printRows }] = await Promise.all([
    import('../project.ts'),
    import('../node-connection.ts'),
    import('../output/table.ts'),
  ]);
  const text: Text = { bytes: bytesText, seconds: secondsText };
  return { node: connectNode(options), project: projectName(options), printRows, text };
}

/** The loopback and the management link: no traffic of the application's. */
function isOwn(row: object): boolean {
  return 'management' in row && 'name' in row && (row.management === true || row.name === 'lo');
}

function interfaceColumns({ bytes }: Text): Columns<SnmpViews['interfaces']> {
  const faults = ({ discards, errors }: InterfaceCounters) => discards + errors;
  return {
    POD: (row) => row.pod,
    INTERFACE: (row) => row.name,
    STATE: (row) => (row.admin === row.oper ? row.oper : `${row.oper} (set ${row.admin})`),
    MAC: (row) => row.mac ?? '',
    MTU: (row) => row.mtu,
    IN: (row) => bytes(row.in.bytes),
    PACKETS: (row) => row.in.packets,
    OUT: (row) => bytes(row.out.bytes),
    'PACKETS OUT': (row) => row.out.packets,
    LOST: (row) => faults(row.in) + faults(row.out),
  };
}

function systemColumns({ seconds }: Text): Columns<SnmpViews['system']> {
  return {
    POD: (row) => row.pod,
    NAME: (row) => row.name,
    CONTACT: (row) => row.contact,
    LOCATION: (row) => row.location,
    UP: (row) => seconds(row.uptime),
    PROCESSES: (row) => row.processes,
  };
}

function processColumns({ bytes }: Text): Columns<SnmpViews['processes']> {
  return {
    POD: (row) => row.pod,
    PID: (row) => row.pid,
    NAME: (row) => row.name,
    STATE: (row) => row.state,
    CPU: (row) => `${row.cpu.toFixed(2)}s`,
    MEMORY: (row) => bytes(row.memory),
    COMMAND: (row) => `${row.path} ${row.arguments}`.trim(),
  };
}

function resourceColumns({ bytes }: Text): Columns<SnmpViews['resources']> {
  const amount = (row: SnmpViews['resources'], value: number) =>
    row.unit === 'bytes' ? bytes(value) : `${Number(value.toFixed(3))} cores`;
  return {
    POD: (row) => row.pod,
    KIND: (row) => row.kind,
    NAME: (row) => row.name,
    USED: (row) => amount(row, row.used),
    OF: (row) => amount(row, row.size),
    SHARE: (row) => `${row.size > 0 ? ((100 * row.used) / row.size).toFixed(1) : '0.0'} %`,
    REFUSED: (row) => row.failures,
  };
}

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
