import { beforeEach, describe, expect, test } from 'vitest';
import { Distances } from './distances.ts';
import type { DistanceReport } from './row.ts';

const site = (name: string, longitude?: number) => ({
  name,
  gateway: [],
  prefer: [],
  ...(longitude !== undefined && { location: { latitude: 0, longitude } }),
});
const sites = { oslo: site('oslo', 0), bonn: site('bonn', 9), rome: site('rome') };
const report = (x: number, row: Record<string, number> = {}, error = 0.1): DistanceReport => ({
  coordinate: { x, y: 0, height: 1, error },
  row: Object.fromEntries(
    Object.entries(row).map(([to, milliseconds]) => [to, { milliseconds, error: 0.5 }]),
  ),
});

let distances: Distances;
beforeEach(() => {
  distances = new Distances();
});

describe('the distance between two sites', () => {
  test('is what either of them measured', () => {
    distances.update('oslo', report(0, { bonn: 20 }));
    const measured = { milliseconds: 20, error: 0.5, basis: 'measured' };
    expect(distances.between(sites, 'oslo', 'bonn')).toEqual(measured);
    expect(distances.between(sites, 'bonn', 'oslo')).toEqual(measured);
  });

  test('is what connections take where no echo came back, but never less than light takes', () => {
    const connected = (milliseconds: number) => ({
      ...report(0),
      handshakes: { bonn: { milliseconds, error: 0.5 } },
    });
    expect([...distances.update('oslo', connected(20))]).toEqual([
      ['bonn', ['oslo']],
      ['oslo', ['bonn']],
    ]);
    expect(distances.between(sites, 'oslo', 'bonn')).toEqual({
      milliseconds: 20,
      error: 0.5,
      basis: 'measured',
    });
    distances.update('oslo', connected(1));
    // A thousand kilometres.
    expect(distances.between(sites, 'bonn', 'oslo').milliseconds).toBeCloseTo(10, 1);
    distances.update('bonn', report(0, { oslo: 12 }));
    expect(distances.between(sites, 'oslo', 'bonn').milliseconds).toBe(12);
  });

  test('is predicted where nobody measured it, with the error that follows from both places', () => {
    distances.update('oslo', report(0, { a: 1, b: 1, c: 1, d: 1 }));
    distances.update('rome', report(30, { a: 1, b: 1, c: 1, d: 1, e: 1 }));
    const { milliseconds, error, basis } = distances.between(sites, 'oslo', 'rome');
    expect([milliseconds, basis]).toEqual([32, 'predicted']);
    expect(error).toBeCloseTo(32 * Math.hypot(0.1, 0.1) * 2 + 0.5 + 0.5);
  });

  test('may be off by all of it when it is predicted from three peers or fewer', () => {
    distances.update('oslo', report(0, { a: 1, b: 1, c: 1 }, 0.02));
    distances.update('rome', report(30, { a: 1, b: 1, c: 1 }, 0.02));
    expect(distances.between(sites, 'oslo', 'rome')).toMatchObject({ milliseconds: 32, error: 33 });
  });

  test('is not predicted from a place that is lost', () => {
    distances.update('oslo', report(0));
    distances.update('rome', report(30, {}, 1));
    expect(distances.between(sites, 'oslo', 'rome').basis).toBe('unknown');
  });

  test('is never predicted to be less than light takes', () => {
    distances.update('oslo', report(0));
    distances.update('bonn', report(1));
    // A thousand kilometres.
    expect(distances.between(sites, 'oslo', 'bonn').milliseconds).toBeCloseTo(10, 1);
  });

  test('is as declared by geography, whatever was measured', () => {
    distances.update('oslo', report(0, { bonn: 20, rome: 5 }));
    expect(distances.between(sites, 'oslo', 'bonn', 'geography').basis).toBe('declared');
    expect(distances.between(sites, 'oslo', 'rome', 'geography').basis).toBe('measured');
  });

  test('at the site itself is nothing', () => {
    distances.update('oslo', report(0, { oslo: 20 }));
    expect(distances.between(sites, 'oslo', 'oslo').milliseconds).toBe(0);
  });
});

describe('what is told concerns', () => {
  test('who goes by it, and nobody else', () => {
    const changed = (site: string, one?: DistanceReport) => Object.fromEntries(distances.update(site, one));
    distances.update('oslo', report(0, { bonn: 20 }));
    expect(changed('bonn', report(5, { oslo: 20 }))).toEqual({ bonn: ['oslo'] });
    expect(changed('bonn', report(6, { oslo: 20 }))).toEqual({});
    expect(changed('rome', report(9))).toEqual({ rome: ['oslo', 'bonn'], oslo: ['rome'], bonn: ['rome'] });
    expect(changed('rome', report(9, { oslo: 30 }))).toEqual({ rome: ['oslo'], oslo: ['rome'] });
    expect(changed('rome', report(12, { oslo: 30 }))).toEqual({ rome: ['bonn'], bonn: ['rome'] });
    expect(changed('rome')).toEqual({ rome: ['oslo', 'bonn'], oslo: ['rome'], bonn: ['rome'] });
  });

  test('also a site whose gateway told nothing yet', () => {
    expect(Object.fromEntries(distances.update('oslo', report(0, { bonn: 20 })))).toEqual({
      bonn: ['oslo'],
      oslo: ['bonn'],
    });
  });
});
