import { describe, expect, test } from 'vitest';
import type { ChainAround } from '../kind.ts';
import { parseNat, unfitFor } from './parse.ts';

test('ports are handed on of tcp unless said otherwise', () => {
  expect(parseNat({ ports: ['8080:80', '53:5353/udp', '80:8080/tcp'], source: 'gateway' })).toEqual({
    settings: {
      ports: [
        { protocol: 'tcp', from: 8080, to: 80 },
        { protocol: 'udp', from: 53, to: 5353 },
        { protocol: 'tcp', from: 80, to: 8080 },
      ],
      hidesSources: true,
    },
    problems: [],
  });
});

test.each([
  [['8080'], 'ports 0: expected two ports such as 8080:80/tcp, got "8080"'],
  [['8080:0'], 'ports 0: expected two ports'],
  [['8080:70000'], 'ports 0: expected two ports'],
  [['80:80'], 'ports 0: hands 80 to itself'],
  [['8080:80', '8080:81/tcp'], 'ports 1: 8080/tcp is handed on already'],
  [[], ': changes nothing'],
])('what cannot be is refused at its place: %j', (ports, message) => {
  const { problems } = parseNat({ ports });
  expect(problems.map(({ path, message: said }) => `${path.join(' ')}: ${said}`).join('\n')).toContain(
    message,
  );
});

describe('a chain', () => {
  const web = { protocol: 'tcp', from: 8080, to: 8080 } as const;
  const around: ChainAround = { ports: [], led: 'db', isAtFrom: false, isFromOutside: true };
  const said = (ports: string[], more: Partial<ChainAround>, source?: 'gateway') =>
    unfitFor(parseNat({ ports, ...(source && { source }) }).settings, { ...around, ...more }).map(
      ({ path, message, hint }) => `${path.join(' ')}: ${message} (${hint})`,
    );

  test('fits that is of everything, or of both ports', () => {
    expect(said(['8080:80'], {}, 'gateway')).toEqual([]);
    const port80 = { protocol: 'tcp', from: 1, to: 100 } as const;
    expect(said(['8080:80'], { ports: [web, port80] })).toEqual([]);
  });

  test('by which answers would not come back does not fit', () => {
    expect(said(['8080:80'], { ports: [web] })).toEqual([
      'ports 0: what comes for 8080/tcp and is answered by 80/tcp is not all of this chain, which is of 8080/tcp (write `match: { ports: [8080/tcp, 80/tcp] }`, or leave `match` out)',
    ]);
    expect(said(['8080:80/udp'], { ports: [web] })).toHaveLength(1);
  });

  test('of one that connects itself hands nothing on', () => {
    expect(said(['8080:80'], { isAtFrom: true })[0]).toContain(
      'db connects itself (let the chain lead to db)',
    );
  });

  test('from somewhere else hides nobody', () => {
    expect(said([], { isFromOutside: false }, 'gateway')[0]).toContain('write it in a chain `from: outside`');
  });
});
