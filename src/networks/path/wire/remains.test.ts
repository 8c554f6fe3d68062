import { expect, test } from 'vitest';
import { linkCalled } from '../../../../test/support/link.ts';
import { remainsOf } from './remains.ts';

const link = (ifname: string, master?: string) => linkCalled(ifname, master === undefined ? {} : { master });

test('only of a wire whose inner end is gone', () => {
  const whole = [link('lo'), link('w-5'), link('o-5', 'w-5'), link('i-5', 'w-5')];
  expect(remainsOf(whole)).toEqual([]);
  expect(remainsOf([...whole, link('w-2'), link('o-2', 'w-2'), link('o-3'), link('eth0')])).toEqual([
    'w-2',
    'o-2',
    'o-3',
  ]);
});
