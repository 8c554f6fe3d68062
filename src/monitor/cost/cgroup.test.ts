import { describe, expect, test } from 'vitest';
import { cgroupFiles } from './cgroup.ts';

describe('the control group of a container', () => {
  test('version 2', () => {
    expect(cgroupFiles('0::/system.slice/docker-abc123.scope\n', 'abc123')).toEqual({
      version: 2,
      folder: '/sys/fs/cgroup/system.slice/docker-abc123.scope',
    });
  });

  test('version 1, with controllers mounted together', () => {
    const text = '5:cpu,cpuacct:/docker/abc123\n4:memory:/docker/abc123\n1:name=systemd:/docker/abc123\n';
    expect(cgroupFiles(text, 'abc123')).toEqual({
      version: 1,
      cpu: '/sys/fs/cgroup/cpu,cpuacct/docker/abc123',
      memory: '/sys/fs/cgroup/memory/docker/abc123',
    });
  });

  test('version 1 where version 2 is mounted beside it', () => {
    const text =
      '4:memory:/libpod_parent/libpod-abc\n2:cpuacct:/libpod_parent/libpod-abc\n0::/libpod_parent/libpod-abc\n';
    expect(cgroupFiles(text, 'abc')).toMatchObject({ version: 1 });
  });

  test('a process that has taken the number of another is not counted', () => {
    expect(cgroupFiles('0::/user.slice\n', 'abc123')).toBeUndefined();
  });
});
