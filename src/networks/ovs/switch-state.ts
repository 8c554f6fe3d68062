import type { Operation, Result } from './ovsdb/operations.ts';
import { entriesIn, numberIn, numbersIn, textsIn, uuidsIn } from './ovsdb/values.ts';

/** What the database says of Open vSwitch; only what Heddle reads. */
export interface SwitchState {
  /** The row that everything hangs on. */
  readonly root: string;
  readonly bridges: ReadonlyMap<string, Bridge>;
}

export interface Bridge {
  readonly uuid: string;
  readonly name: string;
  readonly datapathType: string;
  readonly failMode: string;
  readonly protocols: readonly string[];
  readonly controllers: readonly Controller[];
  readonly otherConfig: Readonly<Record<string, string>>;
  readonly externalIds: Readonly<Record<string, string>>;
  /** VLANs in which it learns nothing. */
  readonly floodVlans: readonly number[];
  /** By name. */
  readonly ports: ReadonlyMap<string, Port>;
  /** Ports that are bonds, by name. */
  readonly bonds: ReadonlyMap<string, BondPort>;
}

export interface Controller {
  readonly target: string;
  readonly isConnected: boolean;
}

/** A port that is, or was made to be, of several interfaces at once. */
export interface BondPort {
  readonly uuid: string;
  readonly name: string;
  readonly externalIds: Readonly<Record<string, string>>;
  readonly otherConfig: Readonly<Record<string, string>>;
  readonly mode: string | undefined;
  readonly lacp: string | undefined;
  readonly members: readonly BondMember[];
}

export interface BondMember {
  /** Of the interface’s row. */
  readonly uuid: string;
  readonly name: string;
  readonly externalIds: Readonly<Record<string, string>>;
  /** What was asked of BFD. */
  readonly bfd: Readonly<Record<string, string>>;
  /** Why it could not be opened. */
  readonly error: string | undefined;
}

/** A port with one interface, which bears the same name; bonds are none of these. */
export interface Port {
  readonly uuid: string;
  readonly name: string;
  readonly externalIds: Readonly<Record<string, string>>;
  readonly otherConfig: Readonly<Record<string, string>>;
  readonly vlanMode: string | undefined;
  readonly tag: number | undefined;
  readonly trunks: readonly number[];
  readonly interface: string;
  /** `system` is written as nothing. */
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  readonly mtuRequest: number | undefined;
  /** Its number in OpenFlow; absent while it has none, -1 when it could not be opened. */
  readonly number: number | undefined;
  /** Why it could not be opened. */
  readonly error: string | undefined;
}

const tables = {
  Open_vSwitch: ['_uuid', 'bridges'],
  Bridge: [
    '_uuid',
    'name',
    'datapath_type',
    'fail_mode',
    'protocols',
    'controller',
    'other_config',
    'external_ids',
    'flood_vlans',
    'ports',
  ],
  Controller: ['_uuid', 'target', 'is_connected'],
  Port: [
    '_uuid',
    'name',
    'external_ids',
    'other_config',
    'vlan_mode',
    'tag',
    'trunks',
    'interfaces',
    'bond_mode',
    'lacp',
  ],
  Interface: ['_uuid', 'name', 'type', 'options', 'mtu_request', 'ofport', 'error', 'external_ids', 'bfd'],
} as const;

/** What is asked, all at once, for `stateIn` to read. */
export const selects: readonly Operation[] = Object.entries(tables).map(([table, columns]) => ({
  op: 'select',
  table,
  where: [],
  columns,
}));

type Raw = Readonly<Record<string, unknown>>;

/** What the answers to `selects` say. Pure. Nothing when the database was never begun. */
export function stateIn(results: readonly Result[]): SwitchState | undefined {
  const [roots = [], bridges = [], controllers = [], ports = [], interfaces = []]: (readonly Raw[])[] =
    results.map(({ rows = [] }) => rows);
  const [root] = roots;
  if (!root) return undefined;
  const controllerOf = byUuid(controllers);
  const portOf = byUuid(ports);
  const interfaceOf = byUuid(interfaces);
  const portIn = (uuid: string): Port[] => {
    const port = portOf.get(uuid);
    const [first, ...more] = uuidsIn(port?.['interfaces']);
    const link = first === undefined || more.length > 0 ? undefined : interfaceOf.get(first);
    return port && link && !isBond(port) ? [readPort(port, link)] : [];
  };
  const bondIn = (uuid: string): BondPort[] => {
    const port = portOf.get(uuid);
    if (!port || !isBond(port)) return [];
    const links = uuidsIn(port['interfaces']).flatMap((one): Raw[] => {
      const link = interfaceOf.get(one);
      return link ? [link] : [];
    });
    return [readBond(port, links)];
  };
  return {
    root: uuidOf(root),
    bridges: new Map(
      bridges.map((bridge) => {
        const those = uuidsIn(bridge['controller']).flatMap((uuid): Raw[] => {
          const controller = controllerOf.get(uuid);
          return controller ? [controller] : [];
        });
        const uuids = uuidsIn(bridge['ports']);
        const [own, bonds] = [uuids.flatMap(portIn), uuids.flatMap(bondIn)];
        return [String(bridge['name']), readBridge(bridge, those, own, bonds)];
      }),
    ),
  };
}

/** One of Heddle’s that has a single link left is still one. */
function isBond(port: Raw): boolean {
  const isOwn = entriesIn(port['external_ids'])['heddle'] === 'bond';
  return uuidsIn(port['interfaces']).length > 1 || isOwn;
}

function readBridge(
  row: Raw,
  controllers: readonly Raw[],
  ports: readonly Port[],
  bonds: readonly BondPort[],
): Bridge {
  return {
    uuid: uuidOf(row),
    name: String(row['name']),
    datapathType: String(row['datapath_type']),
    failMode: textsIn(row['fail_mode'])[0] ?? '',
    protocols: textsIn(row['protocols']),
    controllers: controllers.map((one) => ({
      target: String(one['target']),
      isConnected: one['is_connected'] === true,
    })),
    otherConfig: entriesIn(row['other_config']),
    externalIds: entriesIn(row['external_ids']),
    floodVlans: numbersIn(row['flood_vlans']),
    ports: new Map(ports.map((port) => [port.name, port])),
    bonds: new Map(bonds.map((bond) => [bond.name, bond])),
  };
}

function readBond(row: Raw, links: readonly Raw[]): BondPort {
  return {
    uuid: uuidOf(row),
    name: String(row['name']),
    externalIds: entriesIn(row['external_ids']),
    otherConfig: entriesIn(row['other_config']),
    mode: textsIn(row['bond_mode'])[0],
    lacp: textsIn(row['lacp'])[0],
    members: links.map((link) => ({
      uuid: uuidOf(link),
      name: String(link['name']),
      externalIds: entriesIn(link['external_ids']),
      bfd: entriesIn(link['bfd']),
      error: textsIn(link['error'])[0],
    })),
  };
}

function readPort(row: Raw, link: Raw): Port {
  return {
    uuid: uuidOf(row),
    name: String(row['name']),
    externalIds: entriesIn(row['external_ids']),
    otherConfig: entriesIn(row['other_config']),
    vlanMode: textsIn(row['vlan_mode'])[0],
    tag: numberIn(row['tag']),
    trunks: numbersIn(row['trunks']),
    interface: uuidOf(link),
    type: String(link['type']),
    options: entriesIn(link['options']),
    mtuRequest: numberIn(link['mtu_request']),
    number: numberIn(link['ofport']),
    error: textsIn(link['error'])[0],
  };
}

function byUuid(rows: readonly Raw[]): ReadonlyMap<string, Raw> {
  return new Map(rows.map((row) => [uuidOf(row), row]));
}

function uuidOf(row: Raw): string {
  return uuidsIn(row['_uuid'])[0] ?? '';
}
