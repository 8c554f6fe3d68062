import { expect, test } from 'vitest';
import { application } from '../memory-files.ts';

test('joining a service, having its volumes, or linking to it, is depending on it', () => {
  const { services } = application(`
services:
  web: { image: a, volumes_from: ["db:ro", "container:other"], links: ["cache:redis"], networks: [n, m] }
  side: { image: a, network_mode: "service:db" }
  db: { image: b }
  cache: { image: c, networks: [n] }
networks: { n: , m: }
`);
  const dependency = { condition: 'service_started', restart: true, required: true };
  expect(services['web']?.dependsOn).toEqual({ db: { ...dependency, restart: false }, cache: dependency });
  expect(services['side']?.dependsOn).toEqual({ db: dependency });
  expect(services['web']?.volumesFrom).toEqual([
    { service: 'db', readOnly: true },
    { container: 'other', readOnly: false },
  ]);
  expect(services['cache']?.networks['n']?.aliases).toEqual(['redis']);
});
