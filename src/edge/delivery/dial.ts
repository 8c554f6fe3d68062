import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { HeddleError } from '../../lib/errors.ts';
import type { Credentials } from '../ca/authority.ts';
import { pemBlocks } from '../ca/credentials.ts';

const tlsPort = 8883;

/** Where a broker is. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `mqtts://hub.example.org` or `mqtts://10.0.0.1:8883`.
 * @throws HeddleError ERR_USAGE; there is no way without TLS
 */
export function readBrokerUrl(text: string): BrokerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'mqtts:' || !url.hostname || (url.pathname !== '' && url.pathname !== '/')) {
    throw new HeddleError('ERR_USAGE', `"${text}" is no broker`, {
      hint: 'write mqtts://HOST or mqtts://HOST:PORT',
    });
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || tlsPort) };
}

/**
 * Opens TLS to a broker that has to show a certificate of the authority, for its host.
 * @param credentials read anew for every connection, so that renewed ones are used
 */
export function dial({ host, port }: BrokerAddress, credentials: () => Credentials): Duplex {
  const { authorities, certificate, key, revocations } = credentials();
  return connect({
    host,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    ca: authorities,
    cert: certificate,
    key,
    crl: pemBlocks(revocations),
    minVersion: 'TLSv1.2',
  }).setNoDelay(true);
}
