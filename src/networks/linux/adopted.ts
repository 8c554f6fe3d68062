import { HeddleError } from '../../lib/errors.ts';
import { ipBatch, ipJson } from '../ip.ts';
import type { Attachment } from '../standard/endpoint.ts';
import { type LinuxEndpoint, settlePort } from './commands.ts';
import { host, linkNamed } from './links.ts';
import { isOwn } from './names.ts';
import { finishPort, type Port } from './port.ts';

interface Route {
  readonly dst: string;
  readonly dev?: string;
}

/** An interface of the host that is a port while the endpoint is there, and nobody's afterwards. */
export const adopted: Port<Extract<Attachment, { kind: 'interface' }>> = {
  async apply(endpoint, network, { interface: name }) {
    await checkFree(endpoint, name);
    await ipBatch(host, settlePort(endpoint, network, name));
    await finishPort(endpoint, network);
    return { interface: name };
  },

  async remove({ id }, { interface: name }) {
    const link = await linkNamed(host, name);
    if (link && isOwn(link.ifalias, id)) await ipBatch(host, [`link set ${name} nomaster alias ""`]);
  },
};

/**
 * Refuses what somebody uses: an interface with a master, addresses or routes. The host's own way out has them.
 * @throws HeddleError ERR_NETWORK
 */
async function checkFree({ id }: LinuxEndpoint, name: string): Promise<void> {
  const link = await linkNamed(host, name);
  const refused = (why: string) =>
    new HeddleError('ERR_NETWORK', `interface ${name} ${why}`, {
      hint: 'name an interface of this host that nobody uses; `ip link` lists them',
    });
  if (!link) throw refused('is not there');
  if (isOwn(link.ifalias, id)) return;
  if (link.link_type !== 'ether') throw refused(`is of type ${link.link_type}, and no Ethernet`);
  if (link.linkinfo?.info_kind === 'bridge') throw refused('is a bridge, and cannot be a port of another');
  if (link.master !== undefined) throw refused(`is a port of ${link.master}`);
  if (link.ifalias !== undefined) throw refused(`has the alias "${link.ifalias}": somebody uses it`);
  const [address] = link.addr_info.filter(({ scope }) => scope === 'global');
  if (address) throw refused(`has the address ${address.local}: the host uses it`);
  const routes = await ipJson<Route>(host, ['route', 'show', 'dev', name]);
  if (routes.length > 0) throw refused(`has a route to ${routes[0]?.dst}: the host uses it`);
}
