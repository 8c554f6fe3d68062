import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { doorProgram } from '../../support/cni.ts';

// What the program says then, test/e2e/networks tells.
test('a container runtime hears within a second that a node is not there, or says nothing', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-door-'));
  const socket = path.join(folder, 'node.sock');
  const took = () => {
    const began = performance.now();
    const env = { CNI_COMMAND: 'ADD', HEDDLE_SOCKET: socket };
    expect(spawnSync(doorProgram, [], { input: '{"cniVersion":"1.0.0"}', env }).status).toBe(1);
    return performance.now() - began;
  };
  expect(took()).toBeLessThan(500);
  // The kernel takes the connection; nobody here reads it.
  const silent = createServer().listen(socket);
  await new Promise((resolve) => silent.once('listening', resolve));
  expect(took()).toBeLessThan(1000);
  silent.close();
  rmSync(folder, { recursive: true });
});
