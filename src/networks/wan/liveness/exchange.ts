import { createSocket, type Socket } from 'node:dgram';
import { Backoff } from '../../../lib/backoff.ts';
import { familyOf } from '../addresses.ts';
import type { Reports, Watch } from './messages.ts';
import { pathIn } from './packet.ts';
import { steadyMicroseconds } from './steady.ts';
import { Watched } from './watched.ts';

/** Milliseconds between two reports of what is measured. */
const reporting = 500;
/** Milliseconds until a socket is opened again, at first and at most. */
const again = { first: 100, longest: 5000 };

/** Exchanges packets on all paths: a socket for each address of this node. */
export class Exchange {
  readonly #tell: (reports: Reports) => void;
  readonly #sockets = new Map<string, Socket>();
  readonly #backoffs = new Map<string, Backoff>();
  readonly #paths = new Map<number, Watched>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  readonly #reporting: NodeJS.Timeout;
  #port = 0;
  #trouble: string | undefined;
  #isReportDue = false;

  /** `tell`: hears at once when a path came up, went down, or is used by the other node from now on. */
  constructor(tell: (reports: Reports) => void) {
    this.#tell = tell;
    this.#reporting = setInterval(() => this.#report(), reporting);
  }

  watch({ port, paths }: Watch): void {
    const now = steadyMicroseconds();
    const wanted = new Map(paths.map((path) => [path.id, path]));
    for (const id of this.#paths.keys()) if (!wanted.has(id)) this.#forget(id);
    if (port !== this.#port) this.#closeAll();
    this.#port = port;
    const locals = new Set(paths.map(({ local }) => local));
    for (const local of this.#sockets.keys()) if (!locals.has(local)) this.#close(local);
    for (const local of locals) this.#open(local);
    for (const path of paths) {
      const watched = this.#paths.get(path.id);
      const isSame = watched?.path.local === path.local && watched.path.remote === path.remote;
      if (watched && isSame) {
        const isMoved = watched.path.used !== path.used;
        watched.path = path;
        // The other node is to use the same, at once.
        if (isMoved) this.#send(path.id, now);
        continue;
      }
      this.#forget(path.id);
      this.#paths.set(path.id, new Watched(path, now));
      this.#send(path.id, now);
    }
  }

  close(): void {
    clearInterval(this.#reporting);
    for (const id of this.#paths.keys()) this.#forget(id);
    this.#closeAll();
  }

  #send(id: number, now = steadyMicroseconds()): void {
    const watched = this.#paths.get(id);
    if (!watched) return;
    clearTimeout(this.#timers.get(id));
    for (const packet of watched.due(now)) this.#put(watched, packet);
    const timer = setTimeout(() => {
      this.#send(id);
      // What has come while this thread was kept from running is heard before it is judged.
      setImmediate(() => this.#judge(watched));
    }, watched.pause);
    this.#timers.set(id, timer);
  }

  #judge(watched: Watched): void {
    if (watched.judge(steadyMicroseconds())) {
      this.#reportSoon();
      // That this end does not hear the other is what the other has to know.
      this.#send(watched.path.id);
    }
  }

  #put({ path }: Watched, packet: Buffer): void {
    // An uplink without a route, or one that is away: the path is down, and that is told.
    this.#sockets.get(path.local)?.send(packet, path.remotePort, path.remote, () => {});
  }

  #hear(local: string, bytes: Buffer, from: string): void {
    const id = pathIn(bytes);
    const watched = id === undefined ? undefined : this.#paths.get(id);
    if (!watched || watched.path.local !== local || watched.path.remote !== from) return;
    const now = steadyMicroseconds();
    const before = watched.report(now);
    const heard = watched.hear(bytes, now);
    if (!heard) return;
    if (heard.answer) this.#put(watched, heard.answer);
    // At once, and from now on as often as the state asks for.
    if (heard.hasTurned) this.#send(watched.path.id, now);
    const after = watched.report(now);
    if (after.isUp !== before.isUp || after.usedThere !== before.usedThere) this.#reportSoon();
  }

  /** Once for all that turns at the same time, as paths of one uplink do. */
  #reportSoon(): void {
    if (this.#isReportDue) return;
    this.#isReportDue = true;
    setImmediate(() => this.#report());
  }

  #report(): void {
    this.#isReportDue = false;
    const now = steadyMicroseconds();
    const reports = [...this.#paths.values()].map((watched) => watched.report(now));
    this.#tell({ reports, trouble: this.#trouble });
  }

  #open(local: string): void {
    if (this.#sockets.has(local)) return;
    const socket = createSocket(familyOf(local) === 'inet6' ? 'udp6' : 'udp4');
    this.#sockets.set(local, socket);
    socket.on('message', (bytes, { address }) => this.#hear(local, bytes, address));
    socket.on('listening', () => {
      this.#backoffs.delete(local);
      this.#trouble = undefined;
    });
    socket.on('error', ({ message }) => {
      this.#trouble = message;
      this.#close(local);
      const backoff = this.#backoffs.get(local) ?? new Backoff(again.first, again.longest);
      this.#backoffs.set(local, backoff);
      setTimeout(() => {
        if ([...this.#paths.values()].some(({ path }) => path.local === local)) this.#open(local);
      }, backoff.next()).unref();
    });
    socket.bind(this.#port, local);
  }

  #forget(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#paths.delete(id);
  }

  #close(local: string): void {
    const socket = this.#sockets.get(local);
    this.#sockets.delete(local);
    socket?.close();
  }

  #closeAll(): void {
    for (const local of [...this.#sockets.keys()]) this.#close(local);
  }
}
