import type { NetworkingClient } from '../api/networking-client.ts';
import { HeddleError } from '../lib/errors.ts';
import type { NetworkingOptions } from './command.ts';

/** The networks of the node that runs here, or of the one that was named. */
export async function presentNetworking(options: NetworkingOptions): Promise<NetworkingClient> {
  return (await ofNamed(options)) ?? (await here()).presentNode(options).networking;
}

/** The same; where there is none here, it is started. One that was named is not. */
export async function ensureNetworking(options: NetworkingOptions): Promise<NetworkingClient> {
  return (await ofNamed(options)) ?? (await (await here()).ensureNode(options)).networking;
}

/** The address that was named, unless it is the node of this host that is meant. @throws HeddleError ERR_USAGE */
export function namedHost({ host, socket }: NetworkingOptions): string | undefined {
  if (host !== undefined && socket !== undefined)
    throw new HeddleError('ERR_USAGE', '--host and --socket name two nodes');
  return host ?? (socket === undefined ? process.env['HEDDLE_HOST'] || undefined : undefined);
}

async function ofNamed(options: NetworkingOptions): Promise<NetworkingClient | undefined> {
  const host = namedHost(options);
  if (host === undefined) return undefined;
  const [{ NetworkingClient }, { TlsTransport }, { clientCredentials }] = await Promise.all([
    import('../api/networking-client.ts'),
    import('../api/tls-transport.ts'),
    import('./client-credentials.ts'),
  ]);
  const folder = options.tls ?? process.env['HEDDLE_CERT_PATH'];
  return new NetworkingClient(new TlsTransport(host, clientCredentials(folder)));
}

function here() {
  return import('./node-connection.ts');
}
