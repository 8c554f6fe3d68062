import { isInstalled, run } from '../../lib/exec.ts';
import { flowArguments, type Keepers, lostFlows, readFlows } from './flows.ts';
import { families, partsOf, type Rules } from './rules.ts';

const code = 'ERR_EDGE_BALANCE';

export const isConntrackInstalled = () => isInstalled('conntrack');

/** Makes UDP clients of copies that are gone go to another one with their next packet. */
export async function moveLostFlows({ gateways }: Rules, keepers: Keepers): Promise<void> {
  for (const family of families) {
    for (const gateway of gateways[family]) {
      const version = family === 'ip' ? 'ipv4' : 'ipv6';
      const listed = await run('conntrack', ['-L', '-f', version, '-p', 'udp', '-d', gateway], { code });
      for (const { port, backend, backendPort } of lostFlows(readFlows(listed), family, keepers)) {
        const which = flowArguments(family, 'udp', gateway, port);
        await forget([...which, '--reply-src', backend, '--reply-port-src', String(backendPort)]);
      }
    }
  }
}

/** Ends what goes on under these rules. */
export async function endAll({ gateways, ports }: Rules): Promise<void> {
  for (const port of Object.keys(ports)) {
    const { protocol, number, family } = partsOf(port);
    for (const gateway of gateways[family]) await forget(flowArguments(family, protocol, gateway, number));
  }
}

async function forget(which: readonly string[]): Promise<void> {
  // It complains when there is nothing that it could delete: all may have ended by themselves.
  await run('conntrack', ['-D', ...which], { code }).catch((error: Error) => {
    if (!/ 0 flow entries have been deleted/.test(error.message)) throw error;
  });
}
