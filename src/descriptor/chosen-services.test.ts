import { expect, test } from 'vitest';
import { application, errors } from './memory-files.ts';

const text = `services:
  web: { image: x, depends_on: [db], networks: [n], profiles: [extra] }
  db: { image: x, network_mode: "service:init" }
  init: { image: x }
  other: { image: x, volumes: ["v:/v"] }
networks: { n: }
volumes: { v: }
`;

test('the services asked for come with what they depend on, whatever their profile, and with nothing else', () => {
  const { services, networks, volumes } = application(text, { services: ['web'] });
  expect(Object.keys(services)).toEqual(['web', 'db', 'init']);
  expect(Object.keys(networks)).toEqual(['n', 'default']);
  expect(Object.keys(volumes)).toEqual([]);
  expect(Object.keys(application(text).services)).toEqual(['db', 'init', 'other']);
});

test('a service that is none is named, with what may be meant', () => {
  expect(errors(text, { services: ['wbe'] })).toContain(
    'compose.yaml:2:3: error ERR_SERVICE_UNKNOWN: there is no service "wbe" (did you mean "web"?)',
  );
});
