import type { Delta, Message, Snapshot } from '../delivery/messages.ts';
import type { DnsServer } from '../dns/server.ts';
import { judge } from '../health/judge.ts';
import { isChecked } from '../health/targets.ts';
import type { ServiceView } from '../view/view.ts';

/**
 * The view as it was told, and as it is answered from: without copies that do not answer. A change costs what it changes.
 */
export class JudgedView {
  readonly #server: Pick<DnsServer, 'apply'>;
  readonly #isDown: (target: string) => boolean;
  #first: Snapshot | undefined;
  readonly #services = new Map<string, ServiceView>();

  /** @param isDown what checks say of a copy, by the key of its target */
  constructor(server: Pick<DnsServer, 'apply'>, isDown: (target: string) => boolean = () => false) {
    this.#server = server;
    this.#isDown = isDown;
  }

  apply(message: Message, serial: number): void {
    this.#note(message);
    const judged = (services: Readonly<Record<string, ServiceView>>) =>
      Object.fromEntries(Object.entries(services).map(([key, service]) => [key, this.#judge(service)]));
    const answered: Message =
      message.kind === 'snapshot'
        ? { ...message, view: { ...message.view, services: judged(message.view.services) } }
        : { ...message, set: judged(message.set) };
    this.#server.apply(answered, serial);
  }

  /** The services of these keys, as they were told. */
  services(keys: readonly string[]): Readonly<Record<string, ServiceView>> {
    return Object.fromEntries(
      keys.flatMap((key) => {
        const service = this.#services.get(key);
        return service ? [[key, service]] : [];
      }),
    );
  }

  /** The whole view, as it was told; nothing before the first. Costs what there is. */
  told(): Snapshot | undefined {
    if (!this.#first) return undefined;
    return { ...this.#first, view: { ...this.#first.view, services: Object.fromEntries(this.#services) } };
  }

  /** What a proxy leads to it judges itself: nobody would tell it here when a copy answers again. */
  #judge(service: ServiceView): ServiceView {
    return isChecked(service) ? judge(service, this.#isDown) : service;
  }

  #note(message: Message): void {
    if (message.kind === 'snapshot') {
      this.#first = { ...message, view: { ...message.view, services: {} } };
      this.#services.clear();
      for (const [key, service] of Object.entries(message.view.services)) this.#services.set(key, service);
    } else this.#noteDelta(message);
  }

  #noteDelta({ set, removed, places, epoch, version, time }: Delta): void {
    if (this.#first) {
      const stamp = { epoch, version, ...(time !== undefined && { time }) };
      this.#first = { ...this.#first, ...stamp, view: { ...this.#first.view, ...places } };
    }
    for (const key of removed) this.#services.delete(key);
    for (const [key, service] of Object.entries(set)) this.#services.set(key, service);
  }
}
