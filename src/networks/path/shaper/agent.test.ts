import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import { parseShaper } from './parse.ts';
import { renderLimits } from './render.ts';

const image = path.join(import.meta.dirname, '../../../../catalogue/images/shaper');

/** What the agent does when the tools that it calls say what they seldom say: those are scripts here. */
describe('the agent of a shaper', () => {
  let folder: string;
  const at = (name: string) => path.join(folder, name);
  const program = (name: string, ...lines: readonly string[]) =>
    writeFileSync(at(name), ['#!/bin/bash', 'cd "${0%/*}"', ...lines].join('\n'), { mode: 0o755 });
  const env = () => ({ ...process.env, PATH: `${folder}:${process.env.PATH}` });
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-shaper-'));
    for (const name of ['shape', 'watch']) {
      copyFileSync(path.join(image, name), at(name));
      chmodSync(at(name), 0o755);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe('limits the other ports when one', () => {
    beforeEach(() => {
      const { settings } = parseShaper({ ingress: '10mbit', egress: '2mbit' });
      for (const [name, content] of Object.entries(renderLimits(settings, 'd1')))
        writeFileSync(at(name), content);
      program('tc', 'input=$(cat); [[ $input != *"dev i-3 "* ]] || exit 1; echo "$input" >> queues');
      program('nft', 'cat > rules');
    });
    const listed = ['2: i-2@if9: <UP>', '3: i-3@if9: <UP>', '4: o-1a2b3c4d.1@if9: <UP>'];
    const list = listed.map((line) => `echo '${line}'`).join('; ');
    const expectOthers = () => {
      const queues = readFileSync(at('queues'), 'utf8');
      expect(queues).toContain('dev i-2 root handle 1: tbf rate 1250000bps');
      expect(queues).toContain('dev o-1a2b3c4d.1 root handle 1: tbf rate 250000bps');
      expect(readFileSync(at('rules'), 'utf8')).toContain('add element bridge heddle limited { 2, 4 }');
    };

    test('has gone since it was listed', () => {
      program('ip', `[ "$*" = '-o link show' ] || exit 1; ${list}`);
      expect(spawnSync(at('shape'), [folder], { env: env() })).toMatchObject({ status: 0 });
      expectOthers();
    });

    test('can have no queue, and says that it failed', () => {
      program('ip', list);
      expect(spawnSync(at('shape'), [folder], { env: env() })).toMatchObject({ status: 1 });
      expectOthers();
    });
  });

  test('tries again what failed, though no other port comes', async () => {
    program('ip', 'exec sleep 600');
    program('shape', 'echo >> tried; [ "$(wc -l < tried)" -gt 2 ] && touch done');
    const agent = spawn(at('watch'), { env: env(), stdio: 'ignore' });
    const ended = new Promise((resolve) => agent.on('exit', resolve));
    try {
      await until('the limits are set up', () => existsSync(at('done')), 15_000);
    } finally {
      agent.kill();
      await ended;
    }
  });
});
