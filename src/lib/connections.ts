import { addressIn } from './listening.ts';

/** An open TCP connection of this host. An IPv4 address may come in IPv6 form. */
export interface Connection {
  readonly local: Place;
  readonly remote: Place;
}

interface Place {
  readonly address: string;
  readonly port: number;
}

/** TCP_ESTABLISHED (include/net/tcp_states.h). */
const established = '01';

/** Reads the open connections in the text of `/proc/PID/net/tcp` and `tcp6` (proc_pid_net(5)). Pure. */
export function parseConnections(text: string): Connection[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', localPort = '', remote = '', remotePort = '', state] =
      /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]{2}) /.exec(line) ?? [];
    if (state !== established) return [];
    return [{ local: placeIn(local, localPort), remote: placeIn(remote, remotePort) }];
  });
}

function placeIn(address: string, port: string): Place {
  return { address: addressIn(address), port: Number.parseInt(port, 16) };
}
