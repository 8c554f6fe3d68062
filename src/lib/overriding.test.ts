import { expect, test } from 'vitest';
import { overriding } from './overriding.ts';

class Counter {
  readonly step = 2;
  #count = 0;
  next(): number {
    this.#count += this.step;
    return this.#count;
  }
  name(): string {
    return 'its own';
  }
}

test('does some otherwise, and all else as the object itself', () => {
  const counter = overriding(new Counter(), { name: () => 'another' });
  expect([counter.next(), counter.next(), counter.step, counter.name()]).toEqual([2, 4, 2, 'another']);
});
