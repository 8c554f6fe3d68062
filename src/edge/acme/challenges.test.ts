import { describe, expect, test } from 'vitest';
import { Challenges } from './challenges.ts';

const token = 'A'.repeat(43);
const answer = `${token}.${'b'.repeat(43)}`;

/** Beside a gateway that knows nothing; whoever is asked is noted. */
function nobodyKnows() {
  const asked: string[] = [];
  const challenges = new Challenges((address) => {
    asked.push(address);
    return Promise.reject(new Error('no'));
  });
  challenges.setPeers(['10.2.0.1']);
  return { challenges, asked };
}

describe('a challenge is answered', () => {
  test('while there is an order, and by nobody else when it is known', async () => {
    const { challenges, asked } = nobodyKnows();
    const withdraw = challenges.offer(token, answer);
    expect([await challenges.answer(token, false), asked]).toEqual([answer, []]);
    withdraw();
    expect(await challenges.answer(token, false)).toBeUndefined();
  });

  test('by whichever other gateway knows it', async () => {
    const asked: string[] = [];
    const challenges = new Challenges((address) => {
      asked.push(address);
      return address === '10.3.0.1' ? Promise.resolve(`${answer}\n`) : Promise.reject(new Error('no'));
    });
    challenges.setPeers(['10.2.0.1', '10.3.0.1']);
    expect(await challenges.answer(token, false)).toBe(answer);
    expect(asked).toEqual(['10.2.0.1', '10.3.0.1']);
    expect(await challenges.answer(token, true)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  test.each(['', 'short', '../../etc/passwd', `${'a'.repeat(30)}?x`, 'a'.repeat(300)])(
    'nobody is asked for %j, which is no token',
    async (text) => {
      const { challenges, asked } = nobodyKnows();
      expect([await challenges.answer(text, false), asked]).toEqual([undefined, []]);
    },
  );

  test.each(['<html>', `${token}.short`, `other.${'b'.repeat(43)}`, `${answer} and more`])(
    'what is no answer to it is not told on: %j',
    async (text) => {
      const challenges = new Challenges(() => Promise.resolve(text));
      challenges.setPeers(['10.2.0.1']);
      expect(await challenges.answer(token, false)).toBeUndefined();
    },
  );

  /** Peers that find every token once they are let go. */
  const slowPeers = () => {
    const asked: string[] = [];
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const challenges = new Challenges(async (_, wanted) => {
      asked.push(wanted);
      await held;
      return `${wanted}.${'b'.repeat(43)}`;
    });
    challenges.setPeers(['10.2.0.1']);
    return { challenges, asked, letGo };
  };
  const tokenAt = (at: number) => `${'a'.repeat(30)}${at}`;
  const found = async (answers: Promise<string | undefined>[]) =>
    (await Promise.all(answers)).filter((one) => one !== undefined).length;

  test('one search for one token, however often it is asked for, as a server does that looks from several places', async () => {
    const { challenges, asked, letGo } = slowPeers();
    const all = Array.from({ length: 500 }, (_, at) => challenges.answer(token, false, `10.9.${at % 9}.1`));
    letGo();
    expect([await found(all), asked.length]).toEqual([500, 1]);
  });

  test('some searches at a time, however many ask', async () => {
    const { challenges, asked, letGo } = slowPeers();
    const all = Array.from({ length: 90 }, (_, at) => challenges.answer(tokenAt(at), false, `10.9.${at}.1`));
    letGo();
    expect([await found(all), asked.length]).toEqual([64, 64]);
  });

  test('one client that asks and asks has eight of them, and another its own', async () => {
    const { challenges, letGo } = slowPeers();
    const greedy = Array.from({ length: 50 }, (_, at) =>
      challenges.answer(tokenAt(at), false, `2001:db8::${at}`),
    );
    const other = challenges.answer(token, false, '10.9.0.1');
    letGo();
    expect(await found(greedy)).toBe(8);
    expect(await other).toBe(answer);
    expect(await challenges.answer(token, false, '2001:db8::1')).toBe(answer);
  });
});
