import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two tries: seldom enough to take nothing from what is measured. */
const pause = 50;

/** Waits until a port of this host serves a page, whole and with status 200. */
export async function untilPage(port: number, signal: AbortSignal): Promise<void> {
  while (!((await opens(port)) && (await serves(port)))) {
    signal.throwIfAborted();
    await sleep(pause);
  }
}

/** Asked first, since a connection that is refused costs next to nothing. */
function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 500 });
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

function serves(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, agent: false, signal: AbortSignal.timeout(30_000) };
    get(options, (answer) => {
      answer.on('end', () => resolve(answer.statusCode === 200)).on('error', () => resolve(false));
      answer.resume();
    }).on('error', () => resolve(false));
  });
}
