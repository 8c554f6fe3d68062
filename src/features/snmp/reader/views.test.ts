import { expect, test } from 'vitest';
import { parseVarbinds } from './varbind.ts';
import { interfaceRecords, processRecords, resourceRecords, systemRecord } from './views.ts';

const source = { service: 'web', pod: 'shop-web-1' };

test('the system group', () => {
  const varbinds = parseVarbinds(`
.1.3.6.1.2.1.1.1.0 = Hex-STRING: 4C 69 6E 75 78 
.1.3.6.1.2.1.1.3.0 = 157
.1.3.6.1.2.1.1.4.0 = Hex-STRING: 6D 65 
.1.3.6.1.2.1.1.5.0 = Hex-STRING: 77 65 62 2D 31 
.1.3.6.1.2.1.1.6.0 = Hex-STRING: 75 6E 6B 6E 6F 77 6E 
.1.3.6.1.2.1.25.1.1.0 = 30600
.1.3.6.1.2.1.25.1.6.0 = Gauge32: 1`);
  expect(systemRecord(source, varbinds)).toEqual({
    ...source,
    name: 'web-1',
    contact: 'me',
    location: 'unknown',
    description: 'Linux',
    uptime: 306,
    agentUptime: 1.57,
    processes: 1,
  });
});

test('interfaces, with the wider counters', () => {
  const varbinds = parseVarbinds(`
.1.3.6.1.2.1.2.2.1.1.2 = INTEGER: 2
.1.3.6.1.2.1.2.2.1.1.3 = INTEGER: 3
.1.3.6.1.2.1.2.2.1.2.2 = Hex-STRING: 65 74 68 30 
.1.3.6.1.2.1.2.2.1.2.3 = Hex-STRING: 68 65 64 64 6C 65 30 
.1.3.6.1.2.1.2.2.1.4.2 = INTEGER: 1500
.1.3.6.1.2.1.2.2.1.6.2 = Hex-STRING: 82 97 84 B5 85 5F 
.1.3.6.1.2.1.2.2.1.6.3 = ""
.1.3.6.1.2.1.2.2.1.7.2 = INTEGER: 1
.1.3.6.1.2.1.2.2.1.7.3 = INTEGER: 2
.1.3.6.1.2.1.2.2.1.8.2 = INTEGER: 7
.1.3.6.1.2.1.2.2.1.10.2 = Counter32: 17
.1.3.6.1.2.1.2.2.1.13.2 = Counter32: 4
.1.3.6.1.2.1.2.2.1.20.2 = Counter32: 5
.1.3.6.1.2.1.31.1.1.1.1.2 = Hex-STRING: 65 74 68 30 
.1.3.6.1.2.1.31.1.1.1.6.2 = Counter64: 4294967313
.1.3.6.1.2.1.31.1.1.1.7.2 = Counter64: 25
.1.3.6.1.2.1.31.1.1.1.8.2 = Counter64: 2
.1.3.6.1.2.1.31.1.1.1.10.2 = Counter64: 1076
.1.3.6.1.2.1.31.1.1.1.11.2 = Counter64: 14
.1.3.6.1.2.1.31.1.1.1.15.2 = Gauge32: 10000`);
  expect(interfaceRecords(source, varbinds)).toMatchObject([
    {
      ...source,
      index: 2,
      name: 'eth0',
      mac: '82:97:84:b5:85:5f',
      mtu: 1500,
      speed: 10_000_000_000,
      admin: 'up',
      oper: 'lowerLayerDown',
      management: false,
      in: { bytes: 4_294_967_313, packets: 27, discards: 4, errors: 0 },
      out: { bytes: 1076, packets: 14, discards: 0, errors: 5 },
    },
    { index: 3, name: 'heddle0', mac: null, admin: 'down', oper: 'unknown', management: true },
  ]);
});

test('processes, with what they cost', () => {
  const varbinds = parseVarbinds(`
.1.3.6.1.2.1.25.4.2.1.1.1 = INTEGER: 1
.1.3.6.1.2.1.25.4.2.1.2.1 = Hex-STRING: 62 75 73 79 62 6F 78 
.1.3.6.1.2.1.25.4.2.1.4.1 = Hex-STRING: 62 75 73 79 62 6F 78 
.1.3.6.1.2.1.25.4.2.1.5.1 = Hex-STRING: 68 74 74 70 64 20 2D 66 
.1.3.6.1.2.1.25.4.2.1.7.1 = INTEGER: 2
.1.3.6.1.2.1.25.5.1.1.1.1 = INTEGER: 2
.1.3.6.1.2.1.25.5.1.1.2.1 = INTEGER: 1864`);
  expect(processRecords(source, varbinds)).toEqual([
    {
      ...source,
      pid: 1,
      name: 'busybox',
      path: 'busybox',
      arguments: 'httpd -f',
      state: 'runnable',
      cpu: 0.02,
      memory: 1_908_736,
    },
  ]);
});

test('memory, file systems and CPU', () => {
  const varbinds = parseVarbinds(`
.1.3.6.1.2.1.25.2.3.1.2.1 = OID: .1.3.6.1.2.1.25.2.1.2
.1.3.6.1.2.1.25.2.3.1.2.32 = OID: .1.3.6.1.2.1.25.2.1.4
.1.3.6.1.2.1.25.2.3.1.3.1 = Hex-STRING: 50 68 79 73 69 63 61 6C 20 6D 65 6D 6F 72 79 
.1.3.6.1.2.1.25.2.3.1.3.32 = Hex-STRING: 2F 64 61 74 61 
.1.3.6.1.2.1.25.2.3.1.4.1 = INTEGER: 4096
.1.3.6.1.2.1.25.2.3.1.4.32 = INTEGER: 4096
.1.3.6.1.2.1.25.2.3.1.5.1 = INTEGER: 16384
.1.3.6.1.2.1.25.2.3.1.5.32 = INTEGER: 66053021
.1.3.6.1.2.1.25.2.3.1.6.1 = INTEGER: 182
.1.3.6.1.2.1.25.2.3.1.6.32 = INTEGER: 6557529
.1.3.6.1.2.1.25.2.3.1.7.1 = Counter32: 3
.1.3.6.1.2.1.25.2.3.1.7.32 = Counter32: 0
.1.3.6.1.2.1.25.3.2.1.3.1 = Hex-STRING: 30 2E 35 20 63 6F 72 65 73 20 6F 66 20 74 68 65 20 68 6F 73 74 
.1.3.6.1.2.1.25.3.3.1.2.1 = INTEGER: 40`);
  expect(resourceRecords(source, varbinds)).toEqual([
    {
      ...source,
      kind: 'cpu',
      name: '0.5 cores of the host',
      unit: 'cores',
      size: 0.5,
      used: 0.2,
      failures: 0,
    },
    {
      ...source,
      kind: 'memory',
      name: 'Physical memory',
      unit: 'bytes',
      size: 67_108_864,
      used: 745_472,
      failures: 3,
    },
    {
      ...source,
      kind: 'filesystem',
      name: '/data',
      unit: 'bytes',
      size: 270_553_174_016,
      used: 26_859_638_784,
      failures: 0,
    },
  ]);
});
