import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { origin } from './coordinate.ts';
import { Recent } from './recent.ts';
import { Row } from './row.ts';

const second = 1000;

describe('of the round trips to a peer', () => {
  test('the least counts, and the more there are the surer it is', () => {
    const recent = new Recent();
    expect(recent.figure(0)).toBeUndefined();
    for (let n = 0; n < 4; n++) recent.add(20, 0);
    expect(recent.figure(0)).toBeUndefined();
    recent.add(20, 0);
    expect(recent.figure(0)).toEqual({ milliseconds: 20, error: 4 });
    for (let at = 1; at < 100; at++) recent.add(20 + (at % 7), at * second);
    expect(recent.figure(100 * second)?.milliseconds).toBe(20);
    expect(recent.figure(100 * second)?.error).toBeLessThan(1);
  });

  test('five minutes later they are forgotten', () => {
    const recent = new Recent();
    for (let n = 0; n < 5; n++) {
      recent.add(20, n);
    }
    for (let n = 0; n < 5; n++) {
      recent.add(40, 200 * second);
    }
    expect(recent.figure(299 * second)?.milliseconds).toBe(20);
    expect(recent.figure(300 * second)?.milliseconds).toBe(40);
    expect(recent.figure(600 * second)).toBeUndefined();
  });

  test('what is no time is left out, and whatever the clock does, figures are finite', () => {
    const recent = new Recent();
    fc.assert(
      fc.property(fc.double(), fc.double({ min: -1e9, max: 1e9, noNaN: true }), (milliseconds, now) => {
        recent.add(milliseconds, now);
        const figure = recent.figure(now);
        expect(figure === undefined || Number.isFinite(figure.milliseconds + figure.error)).toBe(true);
      }),
    );
  });
});

describe('what a gateway tells', () => {
  test('is the same until something changed that matters', () => {
    const row = new Row();
    let now = 0;
    const measure = (milliseconds: number) => {
      for (let n = 0; n < 100; n++) {
        now += second;
        row.add('berlin', milliseconds, now);
      }
      return row.report(now);
    };
    const reported = measure(20);
    expect(reported.row['berlin']?.milliseconds).toBe(20);
    expect(measure(19.8)).toBe(reported);
    expect(measure(12).row['berlin']?.milliseconds).toBe(12);
  });

  test('leaves out who is no peer any more, and who was not heard of for long', () => {
    const row = new Row();
    for (let n = 0; n < 5; n++) {
      row.add('berlin', 20, 0);
      row.add('madrid', 30, 0);
    }
    expect(Object.keys(row.report(0).row)).toEqual(['berlin', 'madrid']);
    row.keep(new Set(['madrid']));
    expect(Object.keys(row.report(0).row)).toEqual(['madrid']);
    expect(row.report(600 * second).row).toEqual({});
  });

  test('has a place that only peers move that say where they are', () => {
    const row = new Row();
    row.add('berlin', 20, 0);
    expect(row.report(0).coordinate).toEqual(origin);
    for (let n = 0; n < 20; n++) row.add('berlin', 20, 0, origin, 0.3);
    expect(row.report(0).coordinate).not.toEqual(origin);
  });

  test('has the least time of connections to a site only while its gateway does not answer', () => {
    const row = new Row();
    for (const milliseconds of [31, 30, 35, 90, 33]) row.connected('berlin', milliseconds, 0);
    const reported = row.report(0);
    expect(reported).toMatchObject({
      row: {},
      handshakes: { berlin: { milliseconds: 30 } },
      coordinate: origin,
    });
    row.connected('berlin', 30.1, 0);
    expect(row.report(0)).toBe(reported);
    for (let n = 0; n < 5; n++) row.add('berlin', 40, 0);
    expect(row.report(0).row['berlin']?.milliseconds).toBe(40);
    expect(row.report(0).handshakes).toBeUndefined();
    row.connected('berlin', 29, 200 * second);
    expect(row.report(400 * second)).toEqual({ row: {}, coordinate: origin });
  });
});
