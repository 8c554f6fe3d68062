import { expect, test } from 'vitest';
import { describeText } from '../../test/support/compose.ts';
import { serviceHashes } from './service-hashes.ts';

const hashes = (command: string, asked: string) =>
  serviceHashes(
    describeText(`services: { web: { image: x, command: ${command} }, db: { image: y } }`),
    asked,
  );

test('a hash changes with what the file says of its service, and with nothing else', () => {
  const [web, db] = hashes('a', '*');
  expect(web).toMatch(/^web [0-9a-f]{64}$/);
  expect(hashes('b', 'db,web')).toEqual([db, expect.not.stringMatching(`^${web}$`)]);
});

test('a service that is none is an error', () => {
  expect(() => hashes('a', 'wbe')).toThrow('shop has no service "wbe"');
});
