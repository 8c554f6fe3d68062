import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bondFamilies } from './bond-families.ts';
import { jobFamilies } from './job-families.ts';
import { measuredFamilies } from './measured-families.ts';

const packaging = path.resolve(import.meta.dirname, '../../../packaging');
const rules = readFileSync(path.join(packaging, 'prometheus/heddle.rules.yml'), 'utf8');
const dashboard = readFileSync(path.join(packaging, 'grafana/heddle-data.json'), 'utf8');
const names = [...bondFamilies, ...jobFamilies, ...measuredFamilies].map(({ name }) => name);
const usedIn = (text: string) => [...new Set(text.match(/heddle_(bond|job|network_measured)_\w+/g))];

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}
const { panels } = JSON.parse(dashboard) as { readonly panels: readonly Panel[] };

describe('of bonds, measured networks and jobs', () => {
  test.each([
    ['alert rules', rules],
    ['dashboard', dashboard],
  ])('the %s ask for nothing that is not measured', (_, text) => {
    expect(usedIn(text).filter((name) => !names.includes(name))).toEqual([]);
    expect(usedIn(text).length).toBeGreaterThan(5);
  });

  test('what is measured is on the dashboard', () => {
    expect(names.filter((name) => !usedIn(dashboard).includes(name))).toEqual([]);
  });

  test('no panel lies on another', () => {
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});
