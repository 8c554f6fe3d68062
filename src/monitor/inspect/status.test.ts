import { expect, test } from 'vitest';
import { capabilityNames, parseStatus } from './status.ts';

test('a process’s rights are read from its status', () => {
  const status = parseStatus(`Name:	snmpd
Uid:	59161	59161	59161	59161
CapInh:	0000000000000400
CapPrm:	0000000000000400
CapEff:	0000000000000400
CapBnd:	0000000000002400
CapAmb:	0000000000000400
NoNewPrivs:	1
Seccomp:	2
`);
  expect(status).toEqual({
    users: [59161, 59161, 59161, 59161],
    permitted: ['NET_BIND_SERVICE'],
    reachable: ['NET_BIND_SERVICE', 'NET_RAW'],
    noNewPrivileges: true,
  });
});

test('sets of capabilities have the kernel’s names', () => {
  // What Podman 4.3 gives unasked; `capsh --decode` agrees.
  expect(capabilityNames(0x800405fbn)).toEqual(
    'CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
      ' ',
    ),
  );
  expect(capabilityNames(0x1ffffffffffn)).toHaveLength(41);
  expect(capabilityNames(1n << 40n)).toEqual(['CHECKPOINT_RESTORE']);
  expect(capabilityNames(1n << 45n)).toEqual(['CAP_45']);
  expect(capabilityNames(0n)).toEqual([]);
});
