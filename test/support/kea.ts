import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './installed.ts';

/** Kea as if it were installed: where anybody can read it, as it runs as nobody. @returns what takes it away again */
export function installKea(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-kea-'));
  chmodSync(folder, 0o755);
  for (const part of ['usr/lib', 'usr/sbin'])
    cpSync(path.join(root, '.cache/tools/kea', part), `${folder}/${part}`, { recursive: true });
  const program = `${folder}/kea-dhcp4`;
  const libraries = `${folder}/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const run = `LD_LIBRARY_PATH=${libraries} exec ${folder}/usr/sbin/kea-dhcp4 "$@"`;
  writeFileSync(program, `#!/bin/sh\n${run}\n`, { mode: 0o755 });
  const before = process.env['PATH'];
  process.env['PATH'] = `${before}:${folder}`;
  return () => {
    process.env['PATH'] = before;
    rmSync(folder, { recursive: true });
  };
}
