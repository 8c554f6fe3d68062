import { describe, expect, test } from 'vitest';
import { mergeSightings, type Sighting } from './merge.ts';

function seen(exporter: string, from: number, to: number, packets: number): Sighting {
  const time = (second: number) => `2026-01-31T12:00:${String(second).padStart(2, '0')}.000Z`;
  return {
    first: time(from),
    last: time(to),
    received: time(to),
    exporter,
    protocol: 'tcp',
    source: { address: '10.0.0.1', port: 40000, service: 'web', pod: 'web-1' },
    destination: { address: '10.0.0.2', port: 80, service: 'db', pod: 'db-1' },
    packets,
    bytes: packets * 100,
  };
}

describe('what several probes saw of the same packets', () => {
  test('is one flow, that both have seen', () => {
    const flows = mergeSightings([seen('web-1', 1, 2, 5), seen('db-1', 1, 2, 5)]);
    expect(flows).toMatchObject([{ exporters: ['db-1', 'web-1'], packets: 5 }]);
  });

  test('the probe that counted more is believed', () => {
    const flows = mergeSightings([seen('web-1', 1, 2, 4), seen('db-1', 1, 2, 5)]);
    expect(flows).toMatchObject([{ packets: 5 }]);
  });

  test('what one missed while it was away is taken from the other', () => {
    const flows = mergeSightings([seen('web-1', 1, 5, 50), seen('db-1', 1, 5, 50), seen('db-1', 10, 15, 7)]);
    expect(flows.map(({ packets }) => packets)).toEqual([50, 7]);
  });

  test('two stretches of one long conversation stay two flows', () => {
    const flows = mergeSightings([seen('web-1', 1, 5, 10), seen('web-1', 5, 9, 20)]);
    expect(flows.map(({ packets }) => packets)).toEqual([10, 20]);
  });

  test('a record that is read twice counts once', () => {
    expect(mergeSightings([seen('web-1', 1, 5, 10), seen('web-1', 1, 5, 10)])).toHaveLength(1);
  });

  test('conversations with other ports are others', () => {
    const other = { ...seen('db-1', 1, 2, 5), source: { address: '10.0.0.1', port: 40001 } };
    expect(mergeSightings([seen('web-1', 1, 2, 5), other])).toHaveLength(2);
  });
});
