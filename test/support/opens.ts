import { connect } from 'node:net';

/** Whether a TCP connection from this host opens within a second. */
export function opens(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const end = (opened: boolean) => {
      socket.destroy();
      resolve(opened);
    };
    socket
      .on('connect', () => end(true))
      .on('timeout', () => end(false))
      .on('error', () => end(false));
  });
}
