import type { PortMatch, Probe } from './chain.ts';

// How ports and probes of chains are written.

/** `80/tcp`, `8000-8010/tcp`, `53/udp`; without a protocol, tcp. */
export function parseServicePorts(text: string): PortMatch | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?$/.exec(text);
  if (!match) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (from < 1 || to > 65_535 || from > to) return undefined;
  return { protocol: match[3] === 'udp' ? 'udp' : 'tcp', from, to };
}

/** As {@link parseServicePorts} reads them. */
export function servicePortsText({ protocol, from, to }: PortMatch): string {
  return `${from === to ? from : `${from}-${to}`}/${protocol}`;
}

/** `icmp`, `tcp/80`, `udp/53`. */
export function parseProbe(text: string): Probe | undefined {
  if (text === 'icmp') return { protocol: 'icmp' };
  const match = /^(tcp|udp)\/(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port < 1 || port > 65_535) return undefined;
  return { protocol: match[1] === 'udp' ? 'udp' : 'tcp', port };
}
