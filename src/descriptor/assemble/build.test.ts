import { expect, test } from 'vitest';
import { application, web, webErrors } from '../memory-files.ts';

test.each([
  ['build: ctx', { context: '/app/ctx', dockerfile: 'Dockerfile' }],
  [
    'build: { context: ctx, dockerfile: D, target: t, network: host, pull: true, no_cache: true }',
    { context: '/app/ctx', dockerfile: 'D', target: 't', network: 'host', pull: true, noCache: true },
  ],
  ['build: { dockerfile_inline: FROM x }', { context: '/app', dockerfileInline: 'FROM x' }],
  [
    'build: { args: { A: 1, B: , C: true, NONE: }, labels: [x=y] }',
    { args: { A: '1', B: 'outside', C: 'true' }, labels: { x: 'y' } },
  ],
  [
    'build: { args: [A=1, B], tags: [a, b], extra_hosts: ["h:1.2.3.4"] }',
    { args: { A: '1', B: 'outside' }, tags: ['a', 'b'], extraHosts: ['h=1.2.3.4'] },
  ],
])('%s', (keys, expected) => {
  expect(web(keys, '', { env: { B: 'outside' } }).build).toMatchObject(expected);
});

test('a Containerfile is taken where there is no Dockerfile', () => {
  const text = 'services: { web: { build: ctx } }';
  const dockerfile = (files: Record<string, string>) =>
    application({ 'compose.yaml': text, ...files }).services['web']?.build?.dockerfile;
  expect(dockerfile({ 'ctx/Containerfile': '' })).toBe('Containerfile');
  expect(dockerfile({ 'ctx/Containerfile': '', 'ctx/Dockerfile': '' })).toBe('Dockerfile');
});

test('a context that would have to be fetched is refused', () => {
  expect(webErrors('build: https://example.com/x.git')[0]).toMatch(
    /ERR_COMPOSE_UNSUPPORTED: .* is not a folder/,
  );
});
