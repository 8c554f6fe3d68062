import { type Status, statusEvery } from '../delivery/messages.ts';

/** Milliseconds without a word after which a gateway is not there any more: one that was killed says no farewell. */
const timeout = 3 * statusEvery;

/** Where the gateways stand, as they say. Time is handed in, in milliseconds. */
export class Statuses {
  readonly #last = new Map<string, { readonly status: Status; readonly at: number }>();

  record(site: string, status: Status, now: number): void {
    this.#last.set(site, { status, at: now });
  }

  /** Nothing: it was not heard of, or not for a while. */
  of(site: string, now: number): Status | undefined {
    const last = this.#last.get(site);
    return last && now - last.at <= timeout ? last.status : undefined;
  }
}
