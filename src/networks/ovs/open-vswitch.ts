import { existsSync, readFileSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';
import { memberSelects, readMembers, type SeenMember } from './bond-state.ts';
import type { Operation } from './ovsdb/operations.ts';
import { Ovsdb } from './ovsdb/ovsdb.ts';
import { numberIn } from './ovsdb/values.ts';
import { removeStaleMembers, settleBond } from './plan-bond.ts';
import { isBridge, removeBridge, settleBridge } from './plan-bridge.ts';
import {
  removePort,
  removeSeen,
  removeStalePort,
  type SeenPort,
  settlePort,
  settlePorts,
} from './plan-port.ts';
import { runFolder } from './run-folder.ts';
import { type Port, type SwitchState, selects, stateIn } from './switch-state.ts';
import type { BondWish, BridgeWish, PortWish } from './wishes.ts';

/** Where packages have its database (ovsdb-server(1), OVS_DBDIR). */
const databaseFolders = ['/etc/openvswitch', '/var/lib/openvswitch'];

/** Transactions that are decided on again, because others changed what they were decided from. */
const mostTries = 20;

/** Open vSwitch on this host, by its database. Each method may be called again at any time, and changes what differs. */
export class OpenVswitch {
  readonly #ovsdb: Ovsdb;

  constructor(socket = `${runFolder()}/db.sock`) {
    this.#ovsdb = new Ovsdb(socket);
  }

  /** What switches here: the kernel's datapath is a module; where it is not loaded, ovs-vswitchd switches by itself. */
  get datapathType(): BridgeWish['datapathType'] {
    return existsSync('/sys/module/openvswitch') ? 'system' : 'netdev';
  }

  isBridge({ bridges }: SwitchState, wish: Omit<BridgeWish, 'datapathType'>): boolean {
    return isBridge(bridges.get(wish.name), { ...wish, datapathType: this.datapathType });
  }

  /** @throws HeddleError ERR_OVS */
  async read(): Promise<SwitchState> {
    const state = stateIn((await this.#ovsdb.transact(selects)) ?? []);
    if (state) return state;
    throw new HeddleError('ERR_OVS', 'the database of Open vSwitch is empty', {
      hint: 'run `ovs-vsctl init` once, or start Open vSwitch by its service',
    });
  }

  /** Makes a bridge what it should be. @throws HeddleError ERR_OVS */
  async settleBridge(wish: Omit<BridgeWish, 'datapathType'>): Promise<void> {
    const { datapathType } = this;
    const state = await this.#bringAbout((now) => settleBridge(now, { ...wish, datapathType }));
    const local = state.bridges.get(wish.name)?.ports.get(wish.name);
    if (!local) throw new HeddleError('ERR_OVS', `bridge ${wish.name} was removed while it was made`);
    checkOpen(wish.name, local);
  }

  /** Whether its database cannot be asked now: then nobody can take away what is in there. */
  async isAway(): Promise<boolean> {
    return !(await this.#ovsdb.isReachable());
  }

  /**
   * Whether it may have a database, if it is away: one that was removed from the host with its database comes back empty. Where it
   * runs from folders of its own (OVS_RUNDIR), its database may be anywhere.
   */
  get mayComeBack(): boolean {
    if (process.env['OVS_RUNDIR'] !== undefined) return true;
    return databases().length > 0;
  }

  /** Whether it may come back with a bridge, if it is away: as far as a database is known, which says all that was ever written. */
  mayKnow(bridge: string): boolean {
    return databases().some((file) => readFileSync(file, 'utf8').includes(bridge));
  }

  /** @throws HeddleError ERR_OVS */
  async removeBridge(name: string, owner: string): Promise<void> {
    await this.#leave((now) => removeBridge(now, name, owner));
  }

  /** Makes a port what it should be, and returns it with its number. @throws HeddleError ERR_OVS */
  async settlePort(bridge: string, wish: PortWish): Promise<Port> {
    await this.#bringAbout((now) => removeStalePort(now, wish));
    const state = await this.#bringAbout((now) => settlePort(now, bridge, wish));
    const port = state.bridges.get(bridge)?.ports.get(wish.name);
    if (!port) throw new HeddleError('ERR_OVS', `port ${wish.name} was removed while it was made`);
    checkOpen(bridge, port);
    return port;
  }

  /** The same of several at once. @throws HeddleError ERR_OVS */
  async settlePorts(bridge: string, wishes: readonly PortWish[]): Promise<void> {
    await this.#bringAbout((now) => settlePorts(now, bridge, wishes));
  }

  /** Makes several interfaces one port, with just the members that are wished. @throws HeddleError ERR_OVS */
  async settleBond(bridge: string, wish: BondWish): Promise<void> {
    await this.#bringAbout((now) => removeStaleMembers(now, bridge, wish));
    await this.#bringAbout((now) => settleBond(now, bridge, wish));
  }

  /** How interfaces are now that may be members of a bond: those that the database has; nothing: no bond. @throws HeddleError ERR_OVS */
  async members(bond: string, names: readonly string[]): Promise<readonly SeenMember[] | undefined> {
    return readMembers((await this.#ovsdb.transact(memberSelects(bond, names))) ?? []);
  }

  /** @throws HeddleError ERR_OVS */
  async removePort(name: string, owner: string): Promise<void> {
    await this.#leave((now) => removePort(now, name, owner));
  }

  /** Takes ports off their bridge that were seen there, but nothing that has their names by now. @throws HeddleError ERR_OVS */
  async removeSeen(ports: readonly SeenPort[]): Promise<void> {
    await this.#leave((now) => removeSeen(now, ports));
  }

  async close(): Promise<void> {
    await this.#ovsdb.close();
  }

  async #bringAbout(decide: (now: SwitchState) => readonly Operation[]): Promise<SwitchState> {
    const { now, number } = await this.#decided(decide);
    if (number === undefined) return now;
    await this.#ovsdb.configured(number);
    return this.read();
  }

  /** What its database does not have any more, an ovs-vswitchd that does not run will not have when it does. */
  async #leave(decide: (now: SwitchState) => readonly Operation[]): Promise<void> {
    const { number } = await this.#decided(decide);
    if (number !== undefined) await this.#ovsdb.configured(number).catch(() => {});
  }

  /**
   * Carries out what is decided by a look at all there is; when others were quicker, by another look.
   * `number`: what ovs-vswitchd has to come to; absent when there was nothing to do.
   */
  async #decided(
    decide: (now: SwitchState) => readonly Operation[],
  ): Promise<{ readonly now: SwitchState; readonly number?: number }> {
    for (let tries = 0; tries < mostTries; tries++) {
      const now = await this.read();
      const operations = decide(now);
      if (operations.length === 0) return { now };
      const number = await this.#commit(now.root, operations);
      if (number !== undefined) return { now, number };
    }
    throw new HeddleError('ERR_OVS', 'others change the database of Open vSwitch without end');
  }

  /** @returns the number that ovs-vswitchd has to come to; nothing when nothing was carried out */
  async #commit(root: string, operations: readonly Operation[]): Promise<number | undefined> {
    const results = await this.#ovsdb.transact([
      ...operations,
      {
        op: 'mutate',
        table: 'Open_vSwitch',
        where: [['_uuid', '==', ['uuid', root]]],
        mutations: [['next_cfg', '+=', 1]],
      },
      {
        op: 'select',
        table: 'Open_vSwitch',
        where: [['_uuid', '==', ['uuid', root]]],
        columns: ['next_cfg'],
      },
    ]);
    return results && numberIn(results[operations.length + 1]?.rows?.[0]?.['next_cfg']);
  }
}

/** Files that there are. */
function databases(): string[] {
  return [...databaseFolders, runFolder()]
    .map((folder) => `${folder}/conf.db`)
    .filter((file) => existsSync(file));
}

/** @throws HeddleError ERR_OVS when ovs-vswitchd could not open the interface of a port */
function checkOpen(bridge: string, { name, number, error }: Port): void {
  if (error === undefined && number !== -1) return;
  throw new HeddleError(
    'ERR_OVS',
    `port ${name} of bridge ${bridge}: ${error ?? 'Open vSwitch cannot open it'}`,
  );
}
