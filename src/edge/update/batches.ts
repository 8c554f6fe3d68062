/** Bytes of records in one message: it may have 65,535 with what else is in it (RFC 1035, 4.2.2). */
const largest = 60_000;

/**
 * Packs records into as few messages as they fit in. What belongs together, the records of one name, is kept together if
 * it fits in one: a server carries a message out as a whole (RFC 2136, 3.7).
 */
export function* batches(groups: Iterable<readonly Buffer[]>): Generator<Buffer[]> {
  let batch: Buffer[] = [];
  let size = 0;
  for (const group of groups) {
    const whole = group.reduce((sum, { length }) => sum + length, 0);
    for (const [index, record] of group.entries()) {
      const next = index === 0 && whole <= largest ? whole : record.length;
      if (batch.length > 0 && size + next > largest) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(record);
      size += record.length;
    }
  }
  if (batch.length > 0) yield batch;
}
