/** An address and a port at which a program of this host takes what comes. */
export interface Listening {
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0` and `::` for all. */
  readonly address: string;
  readonly port: number;
}

/** States of sockets that take what comes (include/net/tcp_states.h): of TCP to listen, of UDP to have no peer. */
const taking = { tcp: '0A', udp: '07' } as const;

/** Reads the text of `/proc/PID/net/tcp`, `udp` and the same of IPv6 (proc_pid_net(5)). Pure. */
export function parseListening(protocol: Listening['protocol'], text: string): Listening[] {
  return text.split('\n').flatMap((line) => {
    const [, address, port, state] =
      /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line) ?? [];
    if (address === undefined || port === undefined || state !== taking[protocol]) return [];
    return [{ protocol, address: addressIn(address), port: Number.parseInt(port, 16) }];
  });
}

/** Words of 32 bits as the machine has them: their least byte first, as on every machine that Node runs on. */
export function addressIn(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => `${bytes[at * 2]}${bytes[at * 2 + 1]}`);
  // As the platform writes it (RFC 5952).
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
