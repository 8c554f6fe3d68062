import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Capture } from '../../support/capture.ts';
import { ethernet } from '../../support/frames.ts';
import { NodesLab } from '../../support/nodes-lab.ts';
import { until } from '../../support/until.ts';

// Two hosts with an overlay between them, and others who send packets into it as if they were one of them.
const lab = new NodesLab('ebpf');
const { a, b } = lab;
let vni = 0;
let mac = '';
let capture: Capture;
beforeAll(async () => {
  await lab.start();
  const made = await a.tell({ create: { name: 'far', archetype: 'overlay' } });
  vni = Number(made.options['vni']);
  await a.join('x', 'far');
  await b.join('y', 'far');
  mac = (await a.tell({ read: 'x', of: 'far' })).mac;
  capture = await Capture.start(lab.nameOf('x'), 'eth0');
});
afterAll(async () => {
  capture?.end();
  await lab.remove();
});

/** A frame for x in a packet of VXLAN (RFC 7348, 5), from a namespace to a host. */
function inject(from: string, to: string, text: string): void {
  const header = Buffer.from([8, 0, 0, 0, vni >> 16, (vni >> 8) & 255, vni & 255, 0]);
  const frame = ethernet(mac, '02:00:00:00:99:99', 0x88b5, Buffer.from(text.padEnd(46)));
  const bytes = [...Buffer.concat([header, frame])].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
  const command = `printf '${bytes.join('')}' > /dev/udp/${to}/8472`;
  execFileSync('nsenter', [`--net=/run/netns/${from}`, '--', 'bash', '-c', command]);
}

const rules = () => a.run('nft', 'list', 'tables').includes('heddle_overlay');
/** What comes after it has arrived: it would have, too. */
const arrives = async () => {
  await until('what the other host sends arrives', () => {
    try {
      return lab.run('y', 'ping', '-c', '1', '-W', '1', address()) !== '';
    } catch {
      return false;
    }
  });
};
const address = () =>
  /inet (\S+)\//.exec(lab.run('x', 'ip', '-4', 'address', 'show', 'dev', 'eth0'))?.[1] ?? '';

test('without its guard, anybody on the wire speaks on an overlay', async () => {
  await arrives();
  a.run('nft', 'delete', 'table', 'inet', 'heddle_overlay');
  await until('a stranger is heard', () => {
    if (rules()) a.run('nft', 'delete', 'table', 'inet', 'heddle_overlay');
    inject(lab.wires, '192.0.2.1', 'unguarded');
    return capture.with('unguarded').length > 0;
  });
});

test('its guard comes back by itself, and nobody does', async () => {
  await until('the guard is back', rules);
  // On the wire; on the overlay itself, to its own host; and to the other, which would send it back.
  inject(lab.wires, '192.0.2.1', 'from the wire');
  inject(lab.nameOf('x'), '192.0.2.1', 'from inside');
  inject(lab.nameOf('y'), '192.0.2.1', 'from the other host');
  await arrives();
  for (const text of ['from the wire', 'from inside', 'from the other host'])
    expect(capture.with(text).filter((frame) => frame.readUInt16BE(12) === 0x88b5)).toEqual([]);
});
