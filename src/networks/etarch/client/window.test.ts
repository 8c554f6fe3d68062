import { expect, test } from 'vitest';
import { Window } from './window.ts';

/** A switch that says that it is through with what it was sent when it is told to. */
function slow() {
  const waiting: (() => void)[] = [];
  const window = new Window(() => new Promise((resolve) => void waiting.push(resolve)));
  let sent = 0;
  const send = async (count: number, bytes: number) => {
    for (let left = count; left > 0; left--) {
      await window.take(bytes);
      sent += 1;
    }
  };
  return { waiting, send, sent: () => sent };
}

const soon = () => new Promise(setImmediate);

test('no more is sent than the switch has room for, and the rest when it is through', async () => {
  const { waiting, send, sent } = slow();
  const all = send(200, 1024);
  await soon();
  expect(sent()).toBe(64);
  // It was asked at half: what was sent by then it is through with.
  waiting.shift()!();
  await soon();
  expect(sent()).toBe(96);
  while (sent() < 200) {
    waiting.shift()!();
    await soon();
  }
  await all;
});

test('small frames count as others do, and the largest one passes', async () => {
  const { send, sent } = slow();
  void send(100, 60);
  await soon();
  expect(sent()).toBe(64);
  const large = slow();
  void large.send(2, 65_535);
  await soon();
  expect(large.sent()).toBe(1);
});
