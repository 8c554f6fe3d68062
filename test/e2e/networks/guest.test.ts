import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { bootGuest } from '../../support/guest.ts';
import { Networks } from '../../support/networks.ts';
import { type Ovs, startOvs } from '../../support/ovs.ts';

let ovs: Ovs;
let networks: Networks;
let folder: string;
/** Of the other endpoint, and of the host. */
let other: string;
let gateway: string;

/** Without its length: `10.160.0.2`. */
function firstOf(observed: unknown): string {
  const [first = ''] = (observed ?? []) as readonly string[];
  return first.split('/')[0] ?? '';
}

beforeAll(async () => {
  ovs = await startOvs();
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-guest-'));
  chmodSync(folder, 0o755);
  networks = new Networks(folder);
  await networks.start();
  await networks.tell({ network: { name: 'vms', archetype: 'ip', options: { dhcp: true } } });
  const attachment = { kind: 'namespace', path: makeNamespace('b'), interface: 'eth0' } as const;
  const { status } = await networks.tell({ endpoint: { name: 'b', attachment }, of: 'vms', archetype: 'ip' });
  other = firstOf(status?.observed['addresses']);
  gateway = firstOf(status?.observed['gateways']);
  await networks.tell({ endpoint: { name: 'vm', attachment: { kind: 'tap' } }, of: 'vms', archetype: 'ip' });
});

afterAll(async () => {
  for (const name of ['b', 'vm']) await networks.tell({ remove: name, of: 'vms', archetype: 'sdn' });
  await networks.tell({ remove: 'vms', archetype: 'sdn' });
  await networks.kill();
  await ovs.stop();
  removeNamespaces();
  rmSync(folder, { recursive: true });
});

test.each(['ip', 'sdn'])(
  'a virtual machine gets its address by DHCP on %s, finds others and reaches them',
  async (archetype) => {
    await networks.tell({ switch: 'vms', wish: { archetype } });
    const { mac = '', status } = await networks.tell({ show: 'vm', of: 'vms' });
    const { interface: tap, addresses } = status!.observed;
    // ovs-vswitchd without its kernel module completes no checksums.
    const device = archetype === 'sdn' ? ',csum=off' : '';
    const commands = `nslookup b $(cat /dns); ping -c 3 ${other}`;
    const said = await bootGuest(String(tap), mac, commands, device);
    expect(said).toContain(`BOUND ${(addresses as string[])[0]} router ${gateway} dns ${gateway}`);
    expect(said).toMatch(new RegExp(`Name:\\s+b\\s+Address.*${other}`));
    expect(said).toContain('3 packets received');
  },
);
