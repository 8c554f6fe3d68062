import { randomBytes } from 'node:crypto';
import type { Leg } from './exchange.ts';
import { frameOf, secretBytes } from './frame.ts';
import type { Prober } from './prober.ts';
import type { Flow } from './prove.ts';
import { arrived, begun, isBroken, next, period, type Watched } from './watched.ts';

/** The loopback of every network namespace. */
const loopback = { name: 'lo', ifindex: 1 } as const;

/** One direction of a flow: that the other is whole says nothing of it. */
interface Probing {
  readonly leg: Leg;
  readonly secret: Buffer;
  watched: Watched;
}

/** Sends probes through proved chains of one panel, again and again, in both directions. */
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
    const probings = flows.flatMap(({ ends, choices, legs }) =>
      legs.map((leg): Probing => {
        const probing = { leg, secret: randomBytes(secretBytes), watched: begun };
        this.#prober.expect(probing.secret, ends, choices, ({ number, isEnd }) => {
          if (isEnd) probing.watched = arrived(probing.watched, number);
        });
        return probing;
      }),
    );
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
      if (this.#prober.isEnded || probings.map((probing) => this.#sent(probing)).some(isBroken)) {
        this.end(key);
        this.#broken(key);
      }
    }
  }

  #sent(probing: Probing): Watched {
    const { leg, secret } = probing;
    probing.watched = next(probing.watched);
    const { number } = probing.watched;
    const end = leg.direction === 'in' ? 1 : 0;
    this.#prober.send(loopback.name, frameOf(leg.probe, { secret, number, end }));
    return probing.watched;
  }
}
