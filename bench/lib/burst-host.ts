import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Membership } from '../../src/networks/etarch/client/entity.ts';
import { type Chatter, Chatters } from '../../test/support/chatters.ts';
import { Networks } from '../../test/support/networks.ts';
import { type Ovs, startOvs } from '../../test/support/ovs.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

/** Milliseconds without news after which nothing more comes. */
const silence = 1500;

/** A host in a namespace, with an Open vSwitch of its own, and a workspace of a network of etarch whose members are here. */
export class BurstHost {
  readonly #prefix = `hburst${process.pid}`;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-burst-'));
  readonly #made: string[] = [];
  readonly #networks: Networks;
  readonly #chatters = new Chatters();
  readonly #receivers: Chatter[] = [];
  #ovs: Ovs | undefined;
  #room: Membership | undefined;

  constructor() {
    const ovs = path.join(this.#folder, 'ovs');
    this.#networks = new Networks(this.#folder, { namespace: this.#prefix, uplink: '', ovs });
  }

  async start(receivers: number): Promise<void> {
    this.#namespace(this.#prefix);
    this.#ovs = await startOvs(path.join(this.#folder, 'ovs'), this.#prefix);
    await this.#networks.start();
    await this.#networks.tell({ network: { name: 'lab', archetype: 'etarch' } });
    const sender = await this.#enter('sender');
    this.#room = await sender.host('room');
    for (let index = 0; index < receivers; index++) {
      const receiver = await this.#enter(`e${index}`);
      await receiver.join('room');
      this.#receivers.push(receiver);
    }
  }

  /**
   * Says so many messages as fast as it goes.
   * @param isInTurn by `send`, which waits; else by `say`
   * @returns the part of all messages to all receivers that is heard, and the milliseconds until the last is
   */
  async burst(
    count: number,
    bytes: number,
    isInTurn: boolean,
  ): Promise<{ readonly heard: number; readonly took: number }> {
    const message = Buffer.alloc(bytes, 'x');
    for (const { heard } of this.#receivers) heard.length = 0;
    const began = performance.now();
    for (let sent = 0; sent < count; sent++) {
      if (isInTurn) await this.#room?.send(message);
      else this.#room?.say(message);
    }
    const total = () => this.#receivers.reduce((sum, { heard }) => sum + heard.length, 0);
    const all = count * this.#receivers.length;
    let last = { total: 0, at: performance.now() };
    while (last.total < all && performance.now() - last.at < silence) {
      await pause(10);
      if (total() > last.total) last = { total: total(), at: performance.now() };
    }
    return { heard: last.total / all, took: last.at - began };
  }

  async remove(): Promise<void> {
    this.#chatters.close();
    await this.#networks.kill();
    await this.#ovs?.stop();
    for (const name of this.#made.splice(0)) ip('netns', 'del', name);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #enter(title: string): Promise<Chatter> {
    const namespace = this.#namespace(`${this.#prefix}${title}`);
    const attachment = { kind: 'namespace', path: namespace, interface: 'eth0' } as const;
    await this.#networks.tell({ endpoint: { name: title, attachment }, of: 'lab', archetype: 'etarch' });
    return this.#chatters.enter(title, namespace);
  }

  #namespace(name: string): string {
    ip('netns', 'add', name);
    this.#made.push(name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    return `/run/netns/${name}`;
  }
}
