import { expect, test } from 'vitest';
import { application, errors, webErrors, webFile } from './memory-files.ts';

const count = (n: number, line: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => line(i)).join('\n');

test('services extend each other as often as the file is long', () => {
  const text = `services:\n${count(3000, (i) => `  s${i}: { extends: { service: s${i + 1} }, labels: { l${i % 7}: x } }`)}\n  s3000: { image: x }`;
  expect(application(text).services['s0']).toMatchObject({ image: 'x', labels: { l0: 'x', l6: 'x' } });
});

test('a ring of many is one error', () => {
  const text = `services:\n${count(2000, (i) => `  s${i}: { image: x, extends: { service: s${(i + 1) % 2000} } }`)}`;
  expect(errors(text)).toEqual([expect.stringContaining('ERR_DEPENDENCY_CYCLE')]);
});

test('what services inherit from each other has a limit', () => {
  const labels = (i: number) => count(20, (j) => `k${i}x${j}: x`).replaceAll('\n', ', ');
  const text = `services:\n${count(1000, (i) => `  s${i}: { extends: { service: s${i + 1} }, labels: { ${labels(i)} } }`)}\n  s1000: { image: x }`;
  expect(errors(text)).toContainEqual(
    expect.stringContaining('ERR_COMPOSE_LIMIT: this project has more than 1000000 inherited values'),
  );
});

test('files include each other to a depth, and not without end', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`f${i}.yaml`, `include: [f${i + 1}.yaml]\nservices: {}`]),
  );
  expect(errors({ ...chain, 'compose.yaml': 'include: [f0.yaml]\nservices: { a: { image: x } }' })).toEqual([
    'f49.yaml:1:11: error ERR_COMPOSE_LIMIT: include[0]: files include each other more than 50 deep',
  ]);
  const doubled = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`f${i}.yaml`, `include: [f${i + 1}.yaml, f${i + 1}.yaml]`]),
  );
  const wide = {
    ...doubled,
    'f40.yaml': 'services: { a: { image: x } }',
    'compose.yaml': 'include: [f0.yaml]',
  };
  expect(errors(wide)).toEqual([
    expect.stringContaining('ERR_COMPOSE_LIMIT: this project has more than 1000 includes'),
  ]);
});

test('replicas and ports have limits that are named', () => {
  expect(webErrors('deploy: { replicas: 999999999 }')).toEqual([
    'compose.yaml:4:15: error ERR_COMPOSE_LIMIT: services.web.deploy.replicas: a service has at most 1000 replicas',
  ]);
  expect(webErrors('scale: 1001')).toEqual([
    'compose.yaml:4:5: error ERR_COMPOSE_LIMIT: services.web.scale: a service has at most 1000 replicas',
  ]);
  expect(webErrors('ports: ["10000-20000:10000-20000/udp"]')).toEqual([]);
  expect(errors(webFile('ports: ["1-65535:1-65535", "1-65535:1-65535/udp"]'))).toEqual([
    'compose.yaml:4:13: error ERR_COMPOSE_LIMIT: this project has more than 50000 ports',
  ]);
});

test('environment files have a limit for all services that read them', () => {
  const env = count(2000, (i) => `V${i}=1`);
  const services = count(300, (i) => `  s${i}: { image: x, env_file: a.env }`);
  expect(errors({ 'compose.yaml': `services:\n${services}`, 'a.env': env })).toEqual([
    expect.stringContaining('ERR_COMPOSE_LIMIT: this project has more than 500000 variables'),
  ]);
});
