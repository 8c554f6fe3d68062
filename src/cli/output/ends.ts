import type { FlowEnd } from '../../monitor/addresses/end.ts';

/** `web:80`: the service's name where it is known, the address where not. */
export function endText({ address, port, service }: FlowEnd): string {
  const name = service ?? (address.includes(':') ? `[${address}]` : address);
  return port === undefined ? name : `${name}:${port}`;
}
