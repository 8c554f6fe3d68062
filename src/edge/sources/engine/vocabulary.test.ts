import { expect, test } from 'vitest';
import { application } from '../../../descriptor/memory-files.ts';
import { readRequest } from '../publication.ts';
import { readEdgeFile } from '../static.ts';

// Owners say the same in the same words wherever they say it.

test.each([
  '{}',
  '{ as: www, steer: direct }',
  '{ failover: 0.5 }',
  '{ policy: { pin: [berlin], exclude: [oslo], weights: { berlin: 2 }, by: geography } }',
])('%s means the same in a Compose file as in an annotation of Kubernetes', (words) => {
  const { services } = application(
    `services: { web: { image: a, ports: [80], x-heddle: { edge: ${words} } } }`,
  );
  const { steer, failover, policy, name, explicit } = services['web']?.edge ?? {};
  const request = readRequest(words);
  expect(request).toMatchObject({ steer, failover, policy });
  expect(request && 'as' in request ? request.as : undefined).toBe(explicit ? name : undefined);
});

test('ports and policies mean the same in a Compose file as in an edge file', () => {
  const words =
    'ports: { http: { port: 80, application: http }, dns: { port: 53, protocol: udp }, sql: { port: 5432, layer: 4 } }, policy: { by: geography }';
  const { services } = application(`services: { web: { image: a, x-heddle: { edge: { ${words} } } } }`);
  const model = readEdgeFile(
    `{ sites: { berlin: { gateway: [10.2.0.1] } }, services: { web: { ${words} } } }`,
    'edge.yaml',
  );
  const { ports, policy } = services['web']?.edge ?? { ports: [] };
  const inFile = model.services['default/web'];
  expect(inFile).toMatchObject({ policy, ports: ports.map(({ target: _, ...port }) => port) });
});
