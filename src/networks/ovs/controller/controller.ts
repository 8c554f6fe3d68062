import { connect } from 'node:net';
import path from 'node:path';
import { HeddleError } from '../../../lib/errors.ts';
import { Channel } from '../openflow/channel.ts';
import { Listener } from '../openflow/listener.ts';

/** Milliseconds that a switch may take to connect: it tries each second. */
const connectTime = 10_000;
/** Milliseconds after which it is called: a new one connects at once, one that found nobody here tries again each second. */
const callAfter = 50;
/** Of a frame that no flow says more of: all. */
const missBytes = 0xffff;

/** A switch that is connected, and makes a network. */
export interface ControlledSwitch<Network> {
  /**
   * Makes the switch what the network is, by what it has: what it lacks comes first, and then goes what it has besides.
   * @throws HeddleError ERR_OPENFLOW
   */
  settle(network: Network): Promise<void>;
  /** Returns when what it was told so far is done, or has failed. */
  done(): Promise<void>;
}

/**
 * Heddle's own OpenFlow controller: every switch makes the network that it was given, by flows that go on without their
 * controller. A switch is known by its datapath id.
 */
export class Controller<Network, Switch extends ControlledSwitch<Network>> {
  readonly #listener = new Listener((datapathId, channel) => this.#accept(datapathId, channel));
  readonly #networks = new Map<string, Network>();
  readonly #switches = new Map<string, Switch>();
  readonly #waiting = new Map<string, Set<(isReleased?: boolean) => void>>();
  readonly #socket: string;
  readonly #open: (channel: Channel, ended: () => void) => Switch;
  /** Channels to switches that were called. */
  readonly #called = new Map<Switch, Channel>();
  #listening: Promise<void> | undefined;

  /** `socket`: the path of the Unix socket at which switches find it; `open`: what is made of one that connects. */
  constructor(socket: string, open: (channel: Channel, ended: () => void) => Switch) {
    this.#socket = socket;
    this.#open = open;
  }

  /**
   * Where switches find it: `unix:NAME`, in their own folder, which is this one whatever they call it (`/var/run` or `/run`). Of
   * other paths ovs-vswitchd takes none.
   */
  get target(): string {
    return `unix:${path.basename(this.#socket)}`;
  }

  async listen(): Promise<void> {
    this.#listening ??= this.#listener.listen(this.#socket).catch((error) => {
      this.#listening = undefined;
      throw error;
    });
    return this.#listening;
  }

  /**
   * Makes a network at its switch, and returns when it is so. `bridge`: the name of the switch.
   * @throws HeddleError ERR_OPENFLOW when the switch does not connect in time, or refuses
   */
  async control(datapathId: string, network: Network, bridge: string): Promise<void> {
    this.expect(datapathId, network);
    await this.listen();
    const found = this.#switches.get(datapathId) ?? (await this.#connected(datapathId, bridge));
    await found.settle(this.#networks.get(datapathId) ?? network);
  }

  /** Says what a switch that may connect later has to do. */
  expect(datapathId: string, network: Network): void {
    this.#networks.set(datapathId, network);
  }

  isConnected(datapathId: string): boolean {
    return this.#switches.has(datapathId);
  }

  /** Leaves a switch alone from now on: who waits for it to connect, waits no more. */
  release(datapathId: string): void {
    this.#networks.delete(datapathId);
    for (const look of this.#waiting.get(datapathId) ?? []) look(true);
  }

  /** @throws HeddleError ERR_OPENFLOW when the switch is not connected */
  at(datapathId: string): Switch {
    const found = this.#switches.get(datapathId);
    if (found) return found;
    throw gone(datapathId);
  }

  async close(): Promise<void> {
    const listening = this.#listening;
    if (!listening) return;
    this.#listening = undefined;
    await listening.catch(() => {});
    const reason = new HeddleError('ERR_OPENFLOW', 'the controller ends');
    for (const channel of this.#called.values()) channel.end(reason);
    await this.#listener.close(reason);
  }

  #accept(datapathId: string, channel: Channel, isCalled = false): void {
    const before = this.#switches.get(datapathId);
    const accepted = this.#open(channel, () => {
      this.#called.delete(accepted);
      if (this.#switches.get(datapathId) === accepted) this.#switches.delete(datapathId);
    });
    if (isCalled) this.#called.set(accepted, channel);
    this.#switches.set(datapathId, accepted);
    const network = this.#networks.get(datapathId);
    // What fails here, whoever waits is told, and the next look around tries again.
    const settled = network && accepted.settle(network).catch(() => {});
    if (before) void this.#hangUp(datapathId, before, settled);
    for (const look of this.#waiting.get(datapathId) ?? []) look();
  }

  /**
   * Speaks to a switch that waits before it tries again, at the socket that each has for whoever manages it, until it has
   * connected: that is the channel to it from then on.
   */
  async #call(datapathId: string, bridge: string): Promise<void> {
    const socket = connect(path.join(path.dirname(this.#socket), `${bridge}.mgmt`));
    try {
      const { channel, datapathId: found } = await Channel.open(socket);
      const isWaitedFor = this.#listening && this.#waiting.has(datapathId) && !this.#switches.has(datapathId);
      if (!isWaitedFor || found !== datapathId) return channel.end(gone(datapathId));
      // There it says nothing by itself to who does not want some of what no flow says more of (ovs-ofctl(8), monitor).
      channel.send({ type: 'setConfig', missBytes });
      this.#accept(datapathId, channel, true);
    } catch {
      // It has no such socket: it comes by itself.
    }
  }

  /**
   * When nobody waits for what a switch was told that has connected by now. That may have taken away what it was told since by
   * its own channel.
   */
  async #hangUp(datapathId: string, called: Switch, settled: Promise<void> | undefined): Promise<void> {
    const channel = this.#called.get(called);
    if (!channel) return;
    await settled;
    await called.done();
    channel.end(new HeddleError('ERR_OPENFLOW', 'the switch has connected by itself'));
    const network = this.#networks.get(datapathId);
    if (network)
      await this.#switches
        .get(datapathId)
        ?.settle(network)
        .catch(() => {});
  }

  #connected(datapathId: string, bridge: string): Promise<Switch> {
    const calling = setTimeout(() => void this.#call(datapathId, bridge), callAfter);
    const waiting = this.#waiting.get(datapathId) ?? new Set();
    this.#waiting.set(datapathId, waiting);
    return new Promise((resolve, reject) => {
      const settle = (work: () => void) => {
        clearTimeout(timer);
        clearTimeout(calling);
        waiting.delete(look);
        if (waiting.size === 0) this.#waiting.delete(datapathId);
        work();
      };
      const look = (isReleased = false) => {
        const found = this.#switches.get(datapathId);
        if (found) settle(() => resolve(found));
        else if (isReleased) settle(() => reject(gone(datapathId)));
      };
      const timer = setTimeout(() => settle(() => reject(gone(datapathId))), connectTime);
      waiting.add(look);
    });
  }
}

function gone(datapathId: string): HeddleError {
  return new HeddleError('ERR_OPENFLOW', `switch ${datapathId}: it is not connected`, {
    hint: 'see that ovs-vswitchd runs; it comes back by itself within a second',
  });
}
