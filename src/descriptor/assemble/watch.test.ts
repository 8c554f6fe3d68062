import { expect, test } from 'vitest';
import { load } from '../memory-files.ts';

const rulesOf = (watch: string, rest = 'build: .') =>
  load({ 'compose.yaml': `services: { web: { ${rest}, develop: { watch: [${watch}] } } }` }).application
    .services['web']?.watch;

test('what is watched has absolute paths, and every list is one', () => {
  const rule =
    '{ path: ./src, action: sync+exec, target: /app, ignore: node_modules/, exec: { command: kill -HUP 1 } }';
  const [found] = rulesOf(rule) ?? [];
  expect(found).toMatchObject({
    action: 'sync+exec',
    target: '/app',
    ignore: ['node_modules/'],
    include: [],
    initialSync: false,
    exec: { command: ['kill', '-HUP', '1'] },
  });
  expect(found?.path).toMatch(/^\/.*\/src$/);
});

test.each([
  ['{ path: ., action: rebuild }', 'image: a', 'cannot be rebuilt'],
  ['{ path: ., action: sync }', 'build: .', 'needs an absolute path in the service'],
  ['{ path: ., action: sync, target: app }', 'build: .', 'needs an absolute path in the service'],
  ['{ path: ., action: sync+exec, target: /app }', 'build: .', 'needs a "command"'],
  ['{ path: ., action: copy }', 'build: .', 'action'],
])('%s is refused', (rule, rest, message) => {
  expect(() => rulesOf(rule, rest)).toThrow(message);
});
