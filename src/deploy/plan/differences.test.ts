import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed } from '../../../test/support/observed.ts';
import { stepsOf } from '../../../test/support/planned.ts';

const service = (settings: string, rest = '') => `services: { web: { image: a, ${settings} } }\n${rest}`;

/** Why the service is made anew when its file changes. */
function reasonOf(before: string, after: string, isKnown = true): string | undefined {
  const [old, young] = [specOf(before), specOf(after)];
  const observed = { ...deployed(old), images: { ...deployed(old).images, ...deployed(young).images } };
  const steps = stepsOf(young, observed, isKnown ? { known: [young, old] } : {});
  return steps.find(({ kind }) => kind === 'createContainer')?.reason;
}

test.each([
  ['an image', 'image: a', 'image: b', 'image a → b'],
  [
    'a variable, whose value is nobody’s to see',
    'environment: { TUNE: secret-1, OLD: x }',
    'environment: { TUNE: secret-2, NEW: y }',
    'environment: NEW added, OLD removed, TUNE changed',
  ],
  ['a label', 'labels: { rev: "1" }', 'labels: { rev: "2" }', 'label: rev changed'],
  ['a mount', 'volumes: ["/a:/x"]', 'volumes: ["/b:/x"]', 'mount /x: from /a to /b'],
  ['the options of a mount', 'volumes: ["/a:/x"]', 'volumes: ["/a:/x:ro"]', 'mount /x: its options changed'],
  ['a mount that is new', 'volumes: []', 'volumes: ["/a:/x"]', 'mount /x added'],
  ['a command, which may hold secrets', 'command: [a]', 'command: [b]', 'command'],
  ['time to end', 'stop_grace_period: 1s', 'stop_grace_period: 2s', 'stop_grace_period'],
  ['a port', 'ports: ["8080:80"]', 'ports: ["8081:80/tcp"]', 'port 80: 8080 → 8081'],
  ['a port that is new', 'ports: []', 'ports: ["8081:53/udp"]', 'port 53/udp added'],
])('says what changed: %s', (_what, before, after, reason) => {
  const written = (settings: string) => service(settings).replace('image: a, image:', 'image:');
  expect(reasonOf(written(before), written(after))).toBe(reason);
});

test('says several things at once, and a network that is no longer there', () => {
  const networks = 'networks: { one: , two: }';
  const before = service('user: root, networks: [one, two]', networks);
  expect(reasonOf(before, service('user: web, networks: [one]', networks))).toBe('network shop_two removed');
  expect(reasonOf(before, service('user: web, tty: true, networks: [one, two]', networks))).toBe('user; tty');
});

test('of what was made from a specification that is not known any more it says when that was', () => {
  expect(reasonOf(service('user: a'), service('user: b'), false)).toBe(
    'its definition is not the one that it was made from (1970-01-01T00:00:02Z)',
  );
});
