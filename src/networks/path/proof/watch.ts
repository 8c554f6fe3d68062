import { randomBytes } from 'node:crypto';
import { frameOf, secretBytes } from './frame.ts';
import type { Prober } from './prober.ts';
import type { Flow } from './prove.ts';
import { arrived, begun, isBroken, next, period, type Watched } from './watched.ts';

/** The loopback of every network namespace. */
const loopback = { name: 'lo', ifindex: 1 } as const;

interface Probing extends Flow {
  readonly secret: Buffer;
  watched: Watched;
}

/** Sends probes through proved chains of one panel, again and again. Half of them the one way, and half the other. */
export class Watch {
  readonly #prober: Prober;
  readonly #broken: (key: string) => void;
  readonly #chains = new Map<string, readonly Probing[]>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param namespace the file of the panel's, whose loopback is open to probes
   * @param broken told of the chain that probes do not come through any more, which is watched no longer
   */
  constructor(prober: Prober, namespace: string, broken: (key: string) => void) {
    this.#prober = prober;
    this.#broken = broken;
    prober.open(loopback.name, { namespace, ifindex: loopback.ifindex });
  }

  /** `key`: the name of a chain at a pod. */
  begin(key: string, flows: readonly Flow[]): void {
    this.end(key);
    const probings = flows.map((flow): Probing => {
      const probing = { ...flow, secret: randomBytes(secretBytes), watched: begun };
      this.#prober.expect(probing.secret, flow.ends, ({ number, isEnd }) => {
        if (isEnd) probing.watched = arrived(probing.watched, number);
      });
      return probing;
    });
    if (probings.length > 0) this.#chains.set(key, probings);
    this.#timer ??= setInterval(() => this.#send(), period).unref();
  }

  end(key: string): void {
    for (const { secret } of this.#chains.get(key) ?? [])
      if (!this.#prober.isEnded) this.#prober.forget(secret);
    this.#chains.delete(key);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#prober.stop();
  }

  #send(): void {
    for (const [key, probings] of this.#chains) {
      // What sends them has ended: nobody knows any more.
      if (this.#prober.isEnded || probings.some((probing) => isBroken(this.#sent(probing)))) {
        this.end(key);
        this.#broken(key);
      }
    }
  }

  #sent(probing: Probing): Watched {
    const { legs, secret } = probing;
    probing.watched = next(probing.watched);
    const { number } = probing.watched;
    const { direction, probe } = legs[number % 2 === 1 ? 0 : 1];
    const end = direction === 'in' ? 1 : 0;
    this.#prober.send(loopback.name, frameOf(probe, { secret, number, end }));
    return probing.watched;
  }
}
