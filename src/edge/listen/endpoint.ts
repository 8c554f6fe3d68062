import { HeddleError } from '../../lib/errors.ts';

/** Where to listen. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Answers a message that came from an address; nothing: silence. */
export type Respond = (bytes: Buffer, address: string, transport: 'udp' | 'tcp') => Buffer | undefined;

const reasons: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EADDRINUSE: [
    'another program listens there',
    '`ss -lunpt sport = :PORT` names it; stop it, or listen on another address or port',
  ],
  EACCES: ['ports below 1024 are for root', 'run it as root, or give it CAP_NET_BIND_SERVICE'],
  EADDRNOTAVAIL: ['this host has no such address', '`ip address` lists those it has'],
};

/** What an error of the system at listening means. */
export function listenError(
  error: NodeJS.ErrnoException,
  { address, port }: Endpoint,
  transport: string,
  what = 'DNS',
): HeddleError {
  const [reason, hint] = reasons[error.code ?? ''] ?? [error.message, undefined];
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return new HeddleError('ERR_EDGE_LISTEN', `${what} cannot listen on ${where} (${transport}): ${reason}`, {
    hint: hint?.replace('PORT', String(port)),
    cause: error,
  });
}
