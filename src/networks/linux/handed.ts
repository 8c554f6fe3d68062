import { deleteLinks, ipBatch } from '../ip.ts';
import type { Attachment } from '../standard/endpoint.ts';
import { createHanded, settlePort } from './commands.ts';
import { host, isThere, ownLink } from './links.ts';
import { handedName, portName } from './names.ts';
import { finishPort, type Port } from './port.ts';

/**
 * A veth whose other end somebody else moves to where it is used, and sets up there. Wherever that is, it is the other end of the
 * port: it is looked for nowhere, and goes with the port. When its namespace is removed both go, and a new pair waits.
 */
export const handed: Port<Extract<Attachment, { kind: 'handed' }>> = {
  async apply(endpoint, network) {
    const port = portName(endpoint.id);
    const settle = settlePort(endpoint, network, port);
    try {
      await ipBatch(host, [...createHanded(endpoint, network.mtu), ...settle]);
    } catch (error) {
      if (!isThere(error)) throw error;
      await ownLink(port, endpoint.id);
      await ipBatch(host, settle);
      await finishPort(endpoint, network);
    }
    return { interface: handedName(endpoint.id), port };
  },

  async remove({ id }) {
    const port = portName(id);
    if (await ownLink(port, id)) await deleteLinks(host, [port]);
  },
};
