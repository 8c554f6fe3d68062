import { deleteLinks, ipBatch } from '../ip.ts';
import type { Attachment } from '../standard/endpoint.ts';
import { createTap, settlePort } from './commands.ts';
import { host, isThere, ownLink } from './links.ts';
import { portName } from './names.ts';
import { finishPort, type Port } from './port.ts';

/** A TAP, which a virtual machine opens by its name. */
export const tap: Port<Extract<Attachment, { kind: 'tap' }>> = {
  async apply(endpoint, network, { owner }) {
    const port = portName(endpoint.id);
    const settle = settlePort(endpoint, network, port);
    try {
      await ipBatch(host, [...createTap(endpoint, owner), ...settle]);
    } catch (error) {
      if (!isThere(error)) throw error;
      await ownLink(port, endpoint.id);
      await ipBatch(host, settle);
      await finishPort(endpoint, network);
    }
    return { interface: port };
  },

  async remove({ id }) {
    const port = portName(id);
    if (await ownLink(port, id)) await deleteLinks(host, [port]);
  },
};
