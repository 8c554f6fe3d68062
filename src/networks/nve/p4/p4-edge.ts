import path from 'node:path';
import { HeddleError, isHeddleError } from '../../../lib/errors.ts';
import { Turns } from '../../../lib/turns.ts';
import { ipBatch, ipJson, type Link } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { guardedPorts, guardPorts, unguardPorts } from '../../linux/ovs-port-guard.ts';
import { raiseQuietly } from '../../linux/quiet.ts';
import { hasEnded } from '../../p4runtime/failure.ts';
import type { P4Switch } from '../../p4runtime/p4-switch.ts';
import { checkPorts } from '../check.ts';
import {
  type Edge,
  type EdgeSettings,
  type IngressPort,
  noneRefused,
  type PortCounters,
  type Refused,
} from '../edge.ts';
import { finishFrames, keepFrames, restoreUplink } from '../offloads.ts';
import { removeAll } from '../remove-all.ts';
import type { P4Options } from './options.ts';
import { readPipeline } from './pipeline.ts';
import { isAlike, type PipelineIds, pipelineIds } from './pipeline-ids.ts';
import { planSlots, slotLinks, slotName } from './slots.ts';
import { countersOf, everyCounter, everything, tableUpdates } from './tables.ts';

/**
 * The edge by a P4 switch that somebody has started on this host: BMv2, with the program dataplane/nve.p4. A switch has one
 * pipeline for all that passes it, so networks have no programs of their own here: one of a user's is given by `pipeline`.
 */
export class P4Edge implements Edge {
  readonly overhead = 0;
  readonly #uplink: string;
  readonly #folder: string;
  readonly #options: P4Options;
  readonly #turns = new Turns();
  #switch: P4Switch | undefined;

  constructor({ uplink, folder, options }: EdgeSettings<P4Options>) {
    this.#uplink = uplink;
    this.#folder = path.join(folder, 'p4');
    this.#options = options;
  }

  apply(ports: readonly IngressPort[]): Promise<Refused> {
    return this.#turns.take('edge', async () => {
      const links = await linksOf();
      checkPorts(ports, this.#uplink, links);
      const pipeline = readPipeline(this.#options.pipeline);
      const { changes, slotOf } = planSlots(ports, this.#options.ports, links);
      await ipBatch(host, changes);
      await readBySockets(await linksOf());
      await keepFrames(this.#uplink, this.#folder);
      const p4 = await this.#connected();
      const before = await this.#pipelineOf(p4);
      if (before !== pipeline.cookie)
        await p4.setPipeline(pipeline, before !== undefined && (await hasAlike(p4, pipeline.ids)));
      await p4.write(tableUpdates(pipeline.ids, slotOf, await p4.read(...everything(pipeline.ids))));
      return noneRefused;
    });
  }

  async counters(): Promise<readonly PortCounters[]> {
    const links = await linksOf();
    const p4 = await this.#connected();
    const { ids } = readPipeline(this.#options.pipeline);
    const { slotOf } = planSlots(portsIn(links), this.#options.ports, links);
    return countersOf(ids, slotOf, await p4.read(...everyCounter(ids)));
  }

  stop(): Promise<void> {
    return this.#turns.take('edge', async () => {
      const slots = slotLinks(await linksOf()).map(({ ifname }) => ifname);
      await removeAll([
        () => this.#clear(slots.length > 0),
        async () => {
          await this.#switch?.close();
          this.#switch = undefined;
        },
        () => restoreUplink(this.#folder),
        ...slots.map((name) => () => unguardPorts([name])),
        () =>
          ipBatch(
            host,
            slots.map((name) => `link del ${name}`),
          ),
      ]);
    });
  }

  /**
   * Has the switch forget the networks, if it was told of any. One that has ended has forgotten all, and so has one that somebody
   * has given another pipeline.
   */
  async #clear(wasTold: boolean): Promise<void> {
    if (!wasTold) return;
    const p4 = await this.#connected();
    try {
      const running = await p4.p4info();
      if (running === undefined || running.length === 0) return;
      const ids = pipelineIds(running);
      await p4.write(tableUpdates(ids, new Map(), await p4.read(...everything(ids))));
    } catch (error) {
      if (!hasEnded(error) && !isHeddleError(error, 'ERR_NETWORK_PROGRAM')) throw error;
    }
  }

  async #pipelineOf(p4: P4Switch): Promise<bigint | undefined> {
    try {
      return await p4.pipeline();
    } catch (cause) {
      throw new HeddleError('ERR_P4RUNTIME', (cause as Error).message, {
        cause,
        hint: `start it: ${startCommand(this.#uplink, this.#options)}`,
      });
    }
  }

  /** Few hosts have such a switch: what speaks to it is loaded where there is one. */
  async #connected(): Promise<P4Switch> {
    if (this.#switch) return this.#switch;
    const { P4Switch } = await import('../../p4runtime/p4-switch.ts');
    this.#switch = new P4Switch(this.#options.address, this.#options.device);
    return this.#switch;
  }
}

/** Whether the pipeline that a switch runs has its tables as another has them. */
async function hasAlike(p4: P4Switch, ids: PipelineIds): Promise<boolean> {
  const running = await p4.p4info();
  try {
    return running !== undefined && isAlike(pipelineIds(running), ids);
  } catch {
    // It may be anybody's.
    return false;
  }
}

/** BMv2 reads its ports by packet sockets, as frames are on a wire; nobody else on the host has them. */
async function readBySockets(links: readonly Link[]): Promise<void> {
  const guarded = await guardedPorts();
  const slots = slotLinks(links);
  for (const { ifname, link, flags } of slots) {
    if (!guarded.has(ifname)) {
      await finishFrames(link ?? ifname);
      await guardPorts([ifname]);
    }
    if (!flags.includes('UP')) await raiseQuietly(ifname);
  }
}

/** The networks that slots are given to, as far as their interfaces say. */
function portsIn(links: readonly Link[]): IngressPort[] {
  const names = new Set(slotLinks(links).map(({ ifname }) => ifname));
  return links.flatMap(({ ifname, link, mtu }) => {
    const vlan = Number(/^hv([0-9]+)$/.exec(ifname)?.[1]);
    if (!Number.isInteger(vlan) || !names.has(link ?? '')) return [];
    const alias = links.find((one) => one.ifname === link)?.ifalias?.split(' ') ?? [];
    return [{ vlan, network: alias[2] ?? '', name: alias.slice(3).join(' '), mtu }];
  });
}

function linksOf(): Promise<Link[]> {
  return ipJson<Link>(host, ['link', 'show']);
}

/** How the switch is started, for whoever does. Pure. */
function startCommand(uplink: string, { address, device, ports }: P4Options): string {
  const slots = Array.from({ length: ports }, (_, index) => `-i ${index + 2}@${slotName(index + 1)}`);
  return `simple_switch_grpc --no-p4 --device-id ${device} -i 1@${uplink} ${slots.join(' ')} -- --grpc-server-addr ${address}`;
}
