import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { loadCatalogue } from '../catalogue/load.ts';
import type { EngineCapability } from '../catalogue/needs.ts';

const text = `services:
  web: { image: nginx }
  db:
    image: mariadb
    x-heddle: { manage: { firewall: { ingress: deny } } }
x-heddle:
  manage: { latency: [{ from: web, to: db }] }
`;
const engine = (...offers: EngineCapability[]) => ({
  name: 'docker at tcp://far:2376',
  offers: new Set(offers),
});
const refusal = (...offers: EngineCapability[]): string => {
  try {
    specOf(text, { engine: engine(...offers) });
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

describe('what a feature needs of its engine', () => {
  test('is said by each of Heddle’s templates: agents have links on this host', () => {
    for (const { needs } of Object.values(loadCatalogue().templates)) expect(needs).toContain('host');
  });

  test('is offered by an engine of this host', () => {
    expect(refusal('host', 'console')).toBe('accepted');
  });

  test('is refused for an engine elsewhere, each feature at its place', () => {
    const lines = refusal('console').split('\n');
    expect(lines[0]).toMatch(
      /compose\.yaml:7:\d+: error ERR_ENGINE_LACKS: x-heddle\.manage\.latency: latency needs `host` \(.*\), which the engine, docker at tcp:\/\/far:2376, does not offer/,
    );
    expect(lines.join('\n')).toMatch(
      /compose\.yaml:5:\d+: error ERR_ENGINE_LACKS: services\.db\.x-heddle\.manage\.firewall: firewall needs `host` \(/,
    );
    expect(refusal()).toMatch(/firewall needs `host` \(.*\) and `console` \(/);
  });

  test('is nothing where there are no features, or no engine yet', () => {
    expect(specOf('services: { web: { image: nginx } }', { engine: engine() }).pods).toHaveLength(1);
    expect(specOf(text).features).toHaveLength(2);
  });
});
