import { expect, test } from 'vitest';
import { engineText } from './engine-text.ts';

test('an engine is named with its version and where it is', () => {
  const engine = { kind: 'podman', version: '4.3.1', endpoint: 'unix:///run/podman/podman.sock' };
  expect(engineText(engine)).toBe('podman 4.3.1 at unix:///run/podman/podman.sock');
});

test('a node without one says so, and no more', () => {
  expect(engineText({ kind: 'none', version: '', endpoint: '' })).toBe('none: for networks alone');
});
