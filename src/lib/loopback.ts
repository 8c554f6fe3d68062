import { HeddleError } from './errors.ts';

/**
 * For metrics: nobody is asked there who he is.
 * @param address IPv4 or IPv6
 * @throws HeddleError ERR_USAGE for one that other hosts reach
 */
export function expectLoopback(address: string): void {
  if (/^(127\.|::1$)/.test(address)) return;
  throw new HeddleError('ERR_USAGE', `metrics are served on the loopback only, not on ${address}`, {
    hint: 'let Prometheus run on this host, or put a proxy with TLS before it',
  });
}
