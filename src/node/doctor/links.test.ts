import { expect, test } from 'vitest';
import { judgeLinks } from './links.ts';

const link = { node: 'b', kind: 'wireguard', private: true, state: 'up', reason: '' } as const;

test('what WireGuard lacks is named, and what takes the kernel’s place', () => {
  expect(judgeLinks({ wg: true, kernel: true, userspace: false }, [link], [])).toEqual([
    expect.objectContaining({ status: 'ok', what: 'sites can be linked by the kernel’s WireGuard' }),
  ]);
  expect(judgeLinks({ wg: true, kernel: false, userspace: true }, [], [])[0]?.what).toContain('wireguard-go');
  expect(judgeLinks({ wg: false, kernel: false, userspace: false }, [], [])[0]).toMatchObject({
    status: 'warning',
    remedy: 'apt-get install wireguard-tools wireguard-go',
  });
});

test('links that everybody can read are named, and those that are away', () => {
  const links = [
    { ...link, kind: 'vxlan', private: false },
    { ...link, node: 'c', state: 'down', reason: 'none answers' },
  ] as const;
  const programs = { wg: true, kernel: true, userspace: false };
  const [, open, away] = judgeLinks(programs, links, []);
  expect(open?.what).toBe('links to b are neither encrypted nor authenticated: vxlan');
  expect(away?.what).toBe('c is not reached: none answers');
  expect(away?.remedy).toContain('`livenessPort`');
  expect(away?.remedy).not.toContain('rp_filter');
  const strict = judgeLinks(programs, links, ['eth1.7'])[2]?.remedy;
  expect(strict).toContain('sysctl net.ipv4.conf.eth1/7.rp_filter=2');
});
