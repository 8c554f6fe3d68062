import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseProgress, readProgress } from './progress.ts';

const noon = new Date('2026-01-01T12:00:00Z');

test('a rank says how far it is; what it says besides is its own', () => {
  const seconds = { compute: 1, network: 2, data: 0 };
  const text = JSON.stringify({
    step: 3,
    steps: 9,
    phase: 'network',
    seconds,
    loss: 0.5,
    checkpoint: 2,
    own: [],
  });
  expect(parseProgress(text, noon)).toEqual({
    at: '2026-01-01T12:00:00.000Z',
    step: 3,
    steps: 9,
    phase: 'network',
    times: seconds,
    loss: 0.5,
    checkpoint: 2,
  });
  expect(parseProgress('{"step":0,"loss":null}', noon)).toMatchObject({ step: 0, loss: null, times: null });
});

test.each(['', 'null', '{"step":-1}', '{"step":1.5}', '{"step":"3"}', '{"step":1e300}'])(
  'what is not understood says nothing: %s',
  (text) => {
    expect(parseProgress(text, noon)).toBeUndefined();
  },
);

test('what is not understood beside the step is as good as not said', () => {
  const odd =
    '{"step":3,"steps":-1,"phase":"rm -rf","seconds":{"compute":-1},"loss":-Infinity,"checkpoint":1.5}';
  const nothing = { steps: null, phase: null, times: null, loss: null, checkpoint: null };
  expect(parseProgress(odd, noon)).toEqual({ at: noon.toISOString(), step: 3, ...nothing });
  expect(parseProgress('{"step":3,"loss":NaN}', noon)).toMatchObject({ step: 3, loss: null });
});

test('what was said before a rank started is another’s, and what is no file is not read', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-job-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = `${folder}/progress.json`;
  expect(await readProgress(file, 0)).toBeUndefined();
  writeFileSync(file, '{"step":3}');
  utimesSync(file, noon, noon);
  expect(await readProgress(file, noon.getTime())).toMatchObject({ step: 3 });
  expect(await readProgress(file, noon.getTime() + 1)).toBeUndefined();
  symlinkSync(file, `${folder}/link`);
  expect(await readProgress(`${folder}/link`, 0)).toBeUndefined();
  execFileSync('mkfifo', [`${folder}/pipe`]);
  expect(await readProgress(`${folder}/pipe`, 0)).toBeUndefined();
  mkdirSync(`${folder}/folder`);
  expect(await readProgress(`${folder}/folder`, 0)).toBeUndefined();
  writeFileSync(file, `{"step":3,"x":"${'x'.repeat(70_000)}"}`);
  expect(await readProgress(file, 0)).toBeUndefined();
});
