import { expect, test } from 'vitest';
import { application } from '../memory-files.ts';

test('joining a service, or linking to it, is depending on it', () => {
  const { services } = application(`
services:
  web: { image: a, links: ["cache:redis"], networks: [n, m] }
  side: { image: a, network_mode: "service:db" }
  db: { image: b }
  cache: { image: c, networks: [n] }
networks: { n: , m: }
`);
  const dependency = { condition: 'service_started', restart: true, required: true };
  expect(services['web']?.dependsOn).toEqual({ cache: dependency });
  expect(services['side']?.dependsOn).toEqual({ db: dependency });
  expect(services['cache']?.networks['n']?.aliases).toEqual(['redis']);
});
