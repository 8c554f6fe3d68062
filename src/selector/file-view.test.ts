import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { capabilitiesOf } from './file-view.ts';

const agentOf = (service: string, feature = 'true') => {
  const spec = specOf(
    `services: { web: { image: x, ${service} x-heddle: { manage: { snmp: ${feature} } } } }\nvolumes: { data: {} }`,
  );
  return spec.pods
    .find((pod) => pod.service === 'web')
    ?.containers.find((container) => container.role === 'agent');
};

describe('an agent that reads the service’s files', () => {
  test('has the rights of the service and its own, and not SYS_PTRACE', () => {
    const capabilities = agentOf('')?.capAdd;
    expect(capabilities).toEqual(expect.arrayContaining(capabilitiesOf({})));
    expect(capabilities).not.toContain('SYS_PTRACE');
    expect(capabilities).not.toContain('NET_ADMIN');
  });

  test('has no more than its own where the service has none', () => {
    const own = ['CHOWN', 'SETUID', 'SETGID', 'SETPCAP', 'NET_BIND_SERVICE'];
    expect(agentOf('cap_drop: [ALL],')?.capAdd).toEqual(own);
    expect(agentOf('user: "1000",')?.capAdd).toEqual(own);
    expect(agentOf('user: "1000", cap_add: [cap_net_raw],')?.capAdd).toEqual([...own, 'NET_RAW']);
  });

  test('has NET_ADMIN only where interfaces may be set', () => {
    expect(agentOf('', '{ set: { interfaces: true } }')?.capAdd).toContain('NET_ADMIN');
  });

  test('sees named volumes and binds, read-only and beside its own files', () => {
    const mounts = agentOf('volumes: ["data:/tmp", "/srv:/usr", "/anonymous"],')?.mounts;
    expect(mounts?.filter(({ target }) => target.startsWith('/service'))).toMatchObject([
      { type: 'volume', target: '/service/tmp', readOnly: true },
      { type: 'bind', source: '/srv', target: '/service/usr', readOnly: true },
    ]);
  });

  test.each([
    ['privileged: true,', 'no agent is given privileged'],
    ['cap_add: [SYS_PTRACE, NET_ADMIN],', 'no agent is given SYS_PTRACE'],
    ['pid: host,', 'processes that are not this service'],
  ])('is refused, at its place, with %s', (service, message) => {
    expect(() => agentOf(service)).toThrow(/compose.yaml:1:\d+: error ERR_FEATURE_IMPOSSIBLE/);
    expect(() => agentOf(service)).toThrow(message);
  });
});
