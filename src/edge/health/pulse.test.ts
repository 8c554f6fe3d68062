import { expect, test } from 'vitest';
import { type Outcome, Pulse } from './pulse.ts';

const after = (...outcomes: Outcome[]) => {
  const pulse = new Pulse();
  outcomes.forEach((outcome, attempt) => void pulse.add(outcome, attempt));
  return pulse;
};

test('one that never answered is not judged', () => {
  expect(after(...Array.from({ length: 20 }, () => 'refused' as const)).health).toBeUndefined();
  expect(after('silent', 'silent', 'open').health).toBe('up');
});

test('a closed port is down when it was found closed twice', () => {
  expect(after('open', 'refused').health).toBe('up');
  expect(after('open', 'refused', 'refused').health).toBe('down');
});

test('silence has to last longer', () => {
  expect(after('open', 'silent', 'silent', 'silent', 'silent').health).toBe('up');
  expect(after('open', 'silent', 'silent', 'silent', 'silent', 'silent').health).toBe('down');
  expect(after('open', 'silent', 'silent', 'silent', 'silent', 'open', 'silent').health).toBe('up');
});

test('it is up again when it answered twice in a row', () => {
  const down = ['open', 'refused', 'refused'] as const;
  expect(after(...down, 'open').health).toBe('down');
  expect(after(...down, 'open', 'refused', 'open').health).toBe('down');
  expect(after(...down, 'open', 'open').health).toBe('up');
});

test('an attempt that was overtaken by a later success says nothing', () => {
  const pulse = after('open');
  pulse.add('open', 9);
  for (const attempt of [3, 4, 5, 6, 7, 8]) pulse.add('silent', attempt);
  expect(pulse.health).toBe('up');
});

test('2 % loss each way for a hundred hours of three checks a second is no failure', () => {
  // The same loss every time (Park and Miller's generator).
  let seed = 20_261_125;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const pulse = new Pulse();
  let wrong = 0;
  for (let attempt = 0; attempt < 100 * 3600 * 3; attempt++) {
    if (pulse.add(random() < 1 - 0.98 ** 2 ? 'silent' : 'open', attempt) && pulse.health === 'down') wrong++;
  }
  expect(wrong).toBe(0);
});
