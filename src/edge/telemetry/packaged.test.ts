import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { controllerFamilies } from './controller-families.ts';
import { gatewayFamilies } from './gateway-families.ts';
import { nodeFamilies } from './node-families.ts';

const packaging = path.resolve(import.meta.dirname, '../../../packaging');
const rules = readFileSync(path.join(packaging, 'prometheus/heddle-edge.rules.yml'), 'utf8');
const dashboard = readFileSync(path.join(packaging, 'grafana/heddle-edge.json'), 'utf8');

/** Some are of several. */
const families = [...new Set([...gatewayFamilies, ...controllerFamilies, ...nodeFamilies])];
const names = new Set(
  families.flatMap(({ name, type }) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((suffix) => `${name}_${suffix}`) : [name],
  ),
);
const usedIn = (text: string) => new Set(text.match(/heddle_edge_\w+/g));

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}
const { panels } = JSON.parse(dashboard) as { readonly panels: readonly Panel[] };

describe('what comes with the package', () => {
  test.each([
    ['alert rules', rules],
    ['dashboard', dashboard],
  ])('the %s ask for nothing that is not measured', (_, text) => {
    expect([...usedIn(text)].filter((name) => !names.has(name))).toEqual([]);
  });

  test('what is measured is on the dashboard, but for what only explains other figures', () => {
    const shown = usedIn(dashboard);
    const missing = families
      .map(({ name, type }) => (type === 'histogram' ? `${name}_bucket` : name))
      .filter((name) => !shown.has(name));
    expect(missing.sort()).toEqual([
      'heddle_edge_certificate_not_before_timestamp_seconds',
      'heddle_edge_controller_broker_connected',
      'heddle_edge_controller_epoch',
      'heddle_edge_convergence_clock_errors_total',
      'heddle_edge_dns_connections_displaced_total',
      'heddle_edge_gateway_seen',
      'heddle_edge_services',
      'heddle_edge_sites',
      'heddle_edge_source_read_timestamp_seconds',
      'heddle_edge_view_changed_timestamp_seconds',
      'heddle_edge_view_epoch',
      'heddle_edge_view_version',
    ]);
  });

  test('each alert says how bad it is, and what is the matter', () => {
    const { groups } = parse(rules) as {
      groups: {
        rules: { alert: string; labels: { severity: string }; annotations: { summary: string } }[];
      }[];
    };
    for (const { alert, labels, annotations } of groups.flatMap((group) => group.rules)) {
      expect(alert).toMatch(/^HeddleEdge[A-Z]/);
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary).toMatch(/\S/);
    }
  });

  test('no panel of the dashboard lies over another, or asks nothing', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ type, targets = [] }) => type !== 'row' && targets.length === 0)).toEqual([]);
  });
});

describe('the metrics', () => {
  test('are named as Prometheus wants them to be: counters end in _total, units are in the name', () => {
    for (const { name, type } of families) {
      expect(name).toMatch(/^heddle_edge_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
    }
  });

  test('have one meaning each', () => {
    const all = families.map(({ name }) => name).filter((name) => name !== 'heddle_edge_build_info');
    expect(new Set(all).size).toBe(all.length);
  });
});
