// A configuration of Podman for this checkout's demo and tests, where the machine needs one. The host's own is not touched.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Returns the file for CONTAINERS_CONF, or nothing when Podman's defaults work here. */
export function engineConfiguration(folder) {
  const containers = [];
  const engine = [];
  // crun wants cgroups of one version; runc also takes the hybrid of both.
  if (!existsSync('/sys/fs/cgroup/cgroup.controllers')) engine.push('runtime="runc"');
  // Without the right to raise limits, containers have to live with those of this process.
  if (!mayRaiseLimits()) {
    const files = hardLimit('-n');
    const processes = Math.min(4096, hardLimit('-u'));
    containers.push(`default_ulimits=["nofile=${files}:${files}","nproc=${processes}:${processes}"]`);
  }
  if (containers.length === 0 && engine.length === 0) return undefined;
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'containers.conf');
  writeFileSync(file, `[containers]\n${containers.join('\n')}\n[engine]\n${engine.join('\n')}\n`);
  return file;
}

function mayRaiseLimits() {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const sysResource = 24n;
  return ((BigInt(`0x${capabilities}`) >> sysResource) & 1n) === 1n;
}

function hardLimit(flag) {
  const text = spawnSync('bash', ['-c', `ulimit -H ${flag}`], { encoding: 'utf8' }).stdout.trim();
  return text === 'unlimited' ? 1048576 : Number(text);
}
