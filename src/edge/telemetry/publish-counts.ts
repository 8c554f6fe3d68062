import { topicKind } from '../delivery/topics.ts';

/** Messages of one kind that a broker was given. */
export interface PublishCount {
  readonly kind: string;
  messages: number;
  bytes: number;
}

/** What a controller published since it was started, in all its times in charge. */
export class PublishCounts {
  readonly #counts = new Map<string, PublishCount>();

  add(topic: string, bytes: number): void {
    const kind = topicKind(topic);
    const count = this.#counts.get(kind) ?? { kind, messages: 0, bytes: 0 };
    this.#counts.set(kind, count);
    count.messages++;
    count.bytes += bytes;
  }

  read(): readonly Readonly<PublishCount>[] {
    return [...this.#counts.values()];
  }
}
