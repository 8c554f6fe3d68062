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

  test('a few searches at a time, however many ask', async () => {
    let asked = 0;
    let end = (_: string) => {};
    const held = new Promise<string>((resolve) => {
      end = resolve;
    });
    const challenges = new Challenges(() => {
      asked++;
      return held;
    });
    challenges.setPeers(['10.2.0.1']);
    const all = Array.from({ length: 50 }, (_, at) => challenges.answer(token, false, `10.9.${at}.1`));
    end(answer);
    const answered = (await Promise.all(all)).filter((one) => one === answer);
    expect([asked, answered.length]).toEqual([16, 16]);
  });

  test('one client that asks and asks has two of them, and another its own', async () => {
    const { promise: held, resolve: end } = Promise.withResolvers<string>();
    const challenges = new Challenges(() => held);
    challenges.setPeers(['10.2.0.1']);
    const greedy = Array.from({ length: 50 }, (_, at) => challenges.answer(token, false, `2001:db8::${at}`));
    const other = challenges.answer(token, false, '10.9.0.1');
    end(answer);
    expect((await Promise.all(greedy)).filter((one) => one === answer)).toHaveLength(2);
    expect(await other).toBe(answer);
    expect(await challenges.answer(token, false, '2001:db8::1')).toBe(answer);
  });
});
