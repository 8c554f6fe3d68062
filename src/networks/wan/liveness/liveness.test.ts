import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import { Liveness } from './liveness.ts';

/** Watches by a program of its own. @returns what was told, and what was said to be wrong */
function watching(program: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-liveness-'));
  const file = path.join(folder, 'program.mjs');
  writeFileSync(file, program);
  const [told, wrong]: [unknown[], string[]] = [[], []];
  const liveness = new Liveness(
    (reports) => void told.push(reports),
    (message) => void wrong.push(message),
    { program: pathToFileURL(file).href, patience: { usual: 100, first: 2000 } },
  );
  liveness.watch({ port: 1, paths: [] });
  onTestFinished(async () => {
    await liveness.stop();
    rmSync(folder, { recursive: true });
  });
  return { told, wrong };
}

test('a process that measures, and hangs, is ended and started again', async () => {
  const { told, wrong } = watching('process.send({ reports: [] }); setInterval(() => {}, 1000);');
  await until('it was started again', () => told.length >= 2);
  expect(wrong[0]).toBe('what measures their paths ended by SIGKILL, and is started again');
});

test('so is one that ends', async () => {
  const { told, wrong } = watching('process.send({ reports: [] }, () => process.exit(3));');
  await until('it was started again', () => told.length >= 2);
  expect(wrong[0]).toBe('what measures their paths ended by exit code 3, and is started again');
});
