import { existsSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { HeddleError, toHeddleError } from '../../../lib/errors.ts';
import { Channel } from './channel.ts';

/** Switches at once. */
const mostSwitches = 4096;

/** Where switches find their controller: a Unix socket, which nobody on a network reaches. */
export class Listener {
  readonly #server: Server;
  readonly #channels = new Set<Channel>();

  /**
   * @param accept a switch is there, and says which it is: 16 hex digits
   * @param failed one that could not be agreed with
   */
  constructor(
    accept: (datapathId: string, channel: Channel) => void,
    failed: (error: HeddleError) => void = () => {},
  ) {
    this.#server = createServer((socket) => {
      Channel.open(socket).then(
        ({ channel, datapathId }) => {
          this.#channels.add(channel);
          socket.once('close', () => this.#channels.delete(channel));
          accept(datapathId, channel);
        },
        (error) => failed(toHeddleError(error)),
      );
    });
    this.#server.maxConnections = mostSwitches;
  }

  /**
   * Listens; a socket that a killed process left is replaced.
   * @throws HeddleError ERR_OVS when there is no such folder: Open vSwitch makes its own when it starts
   */
  async listen(socket: string): Promise<void> {
    try {
      await rm(socket, { force: true });
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(socket, resolve);
      });
      // ovs-vswitchd runs as root, or as a user in the group of the folder.
      await chmod(socket, 0o660);
    } catch (cause) {
      // To listen where there is no folder is EACCES.
      const folder = path.dirname(socket);
      const why = existsSync(folder)
        ? (cause as Error).message
        : `there is no folder ${folder}, which Open vSwitch makes when it starts`;
      throw new HeddleError('ERR_OVS', `no controller can listen at ${socket}: ${why}`, { cause });
    }
    this.#server.unref();
  }

  async close(reason: HeddleError): Promise<void> {
    for (const channel of this.#channels) channel.end(reason);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
