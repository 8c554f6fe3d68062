import { HeddleError } from '../../../lib/errors.ts';
import type { Answer } from '../wire/control.ts';
import { encodeData, longestData } from '../wire/data.ts';
import { etherType, workspaceAddress } from '../wire/ethernet.ts';
import type { Message } from './message.ts';
import { Pace } from './pace.ts';
import type { Requests } from './requests.ts';

/** Where entities are. */
export interface PointOfAttachment {
  /** Bytes of a packet. */
  readonly mtu: number;
  readonly requests: Requests;
  /** @returns whether it is sent, and not lost where more come than can be sent */
  send(to: string, type: number, payload: Buffer): boolean;
  /** Sends it when that goes without loss, as the switch and a pace have it: after all that waits already. */
  sendInTurn(to: string, type: number, payload: Buffer, pace: Pace): Promise<void>;
  /** Returns when nothing waits to be sent. */
  sent(): Promise<void>;
  /** Hears what is said at an address, until the function is called that it returns. */
  listen(address: string, hear: (message: Message) => void): () => void;
}

/** What a workspace’s creator sets. */
export interface WorkspaceSettings {
  /** Titles that may join, with `*` for anything. Default: any. */
  readonly access?: readonly string[];
  /** What members have to be able to do, as they said when they registered. */
  readonly requires?: readonly string[];
  readonly maxMembers?: number;
  /** kbit/s that the members on one node send into it at most. */
  readonly maxBandwidth?: number;
}

/** An entity that is registered here. Each method throws HeddleError ERR_ETARCH, ERR_TIMEOUT. */
export class Entity {
  readonly title: string;
  readonly #at: PointOfAttachment;

  constructor(at: PointOfAttachment, title: string) {
    this.#at = at;
    this.title = title;
  }

  create(workspace: string, settings: WorkspaceSettings = {}): Promise<Answer> {
    return this.#at.requests.ask({ primitive: 'workspaceCreate', ...this.#own(workspace), ...settings });
  }

  /** Only its creator may. */
  async delete(workspace: string): Promise<void> {
    await this.#at.sent();
    await this.#at.requests.ask({ primitive: 'workspaceDelete', ...this.#own(workspace) });
  }

  /**
   * Becomes a member; `hear`: what others say there. Who has left it within the last seconds may not be heard by others for some
   * milliseconds more: that is how long Open vSwitch may take to forget what it has cached.
   */
  async join(workspace: string, hear: (message: Message) => void): Promise<Membership> {
    const stop = this.#at.listen(workspaceAddress(workspace), hear);
    try {
      const asked = { primitive: 'workspaceAttach', ...this.#own(workspace) } as const;
      const { maxBandwidth } = await this.#at.requests.ask(asked);
      return new Membership(this.#at, this.#own(workspace), new Pace(maxBandwidth), stop);
    } catch (error) {
      stop();
      throw error;
    }
  }

  /** Gives the title up, and leaves every workspace, when all that was said is sent. */
  async unregister(): Promise<void> {
    await this.#at.sent();
    await this.#at.requests.ask({ primitive: 'entityUnregister', title: this.title });
  }

  #own(workspace: string) {
    return { title: this.title, workspace };
  }
}

/** That an entity is in a workspace. */
export class Membership {
  readonly #at: PointOfAttachment;
  readonly #own: { readonly title: string; readonly workspace: string };
  readonly #pace: Pace;
  readonly #stop: () => void;

  constructor(
    at: PointOfAttachment,
    own: { readonly title: string; readonly workspace: string },
    pace: Pace,
    stop: () => void,
  ) {
    this.#at = at;
    this.#own = own;
    this.#pace = pace;
    this.#stop = stop;
  }

  /**
   * Says something to all others at once, who may lose it where more is said than they, the switch or the workspace's bandwidth
   * take, as on any wire.
   * @returns whether it is sent: one that says more than can be sent may wait a little
   * @throws HeddleError ERR_ETARCH when it does not fit into a frame
   */
  say(data: string | Uint8Array): boolean {
    return this.#at.send(this.#address, etherType.data, this.#encoded(data));
  }

  /**
   * Says something to all others, in turn: as fast as the switch takes it, and as the workspace's bandwidth lets its members. Whoever
   * says the next thing when this returns, loses nothing on this node, but where others use up the bandwidth.
   * @throws HeddleError ERR_ETARCH when it does not fit into a frame, ERR_NETWORK when the interface is gone
   */
  async send(data: string | Uint8Array): Promise<void> {
    await this.#at.sendInTurn(this.#address, etherType.data, this.#encoded(data), this.#pace);
  }

  /** When all that was said is sent. */
  async leave(): Promise<void> {
    await this.#at.sent();
    this.#stop();
    await this.#at.requests.ask({ primitive: 'workspaceDetach', ...this.#own });
  }

  get #address(): string {
    return workspaceAddress(this.#own.workspace);
  }

  #encoded(data: string | Uint8Array): Buffer {
    const { title, workspace } = this.#own;
    const bytes = Buffer.from(data);
    const most = longestData(this.#at.mtu, title);
    if (bytes.length > most)
      throw new HeddleError('ERR_ETARCH', `${workspace}: ${bytes.length} bytes, where a frame takes ${most}`);
    return encodeData({ from: title, data: bytes });
  }
}
