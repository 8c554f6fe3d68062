import { expect, test } from 'vitest';
import { judgeForwarding } from './forwarding.ts';

const forward = { family: 'ip', table: 'filter', name: 'FORWARD', hook: 'forward', policy: 'drop' };

test('a policy that drops what is forwarded is named, unless it is Docker’s, or Heddle’s own', () => {
  const [found] = judgeForwarding([forward, { ...forward, table: 'mine', name: 'fwd', family: 'inet' }]);
  expect(found).toMatchObject({
    status: 'warning',
    what: expect.stringContaining('ip filter FORWARD, inet mine fwd'),
  });
  const docker = { family: 'ip', table: 'filter', name: 'DOCKER-USER' };
  expect(judgeForwarding([forward, docker])[0]?.status).toBe('ok');
  expect(judgeForwarding([{ ...forward, family: 'ip6' }, docker])[0]?.status).toBe('warning');
  expect(
    judgeForwarding([
      { ...forward, policy: 'accept' },
      { ...forward, table: 'heddle_ip' },
    ])[0]?.status,
  ).toBe('ok');
});
