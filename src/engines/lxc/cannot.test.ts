import { expect, test } from 'vitest';
import type { ContainerSpec } from '../../selector/spec.ts';
import { cannot } from './cannot.ts';

const container = (more: Partial<ContainerSpec>) =>
  ({
    environment: {},
    mounts: [],
    resources: { limits: {}, reservations: {} },
    ...more,
  }) as unknown as ContainerSpec;

test.each<[Partial<ContainerSpec>, RegExp]>([
  [{ tty: true }, /^tty: /],
  [{ securityOpt: ['apparmor=own'] }, /^security_opt apparmor=own: /],
  [{ environment: { A: 'one\0two' } }, /^the variable A has a zero byte/],
  [{ pid: 'service:db' }, /^pid: /],
  [{ groupAdd: ['adm'] }, /^group_add by name: /],
  [{ logging: { driver: 'syslog', options: {} } }, /^logging of another driver/],
  [{ resources: { limits: {}, reservations: {}, tuning: { swappiness: 0 } } }, /^mem_swappiness: /],
])('%j is refused', (more, why) => {
  expect(cannot(container(more))).toMatch(why);
});

test('what can be is not', () => {
  const usual = {
    securityOpt: ['no-new-privileges:true'],
    groupAdd: ['4'],
    pid: 'host',
    tty: false,
    environment: { A: 'one\ntwo ' },
  };
  expect(cannot(container({ ...usual, logging: { driver: 'json-file', options: {} } }))).toBeUndefined();
});
