import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SiteNode } from '../../test/support/links-lab.ts';

const port = 51_999;

/** An end of a tunnel: a host, and where the other finds it. */
interface End {
  readonly node: SiteNode;
  /** Its address on the wire. */
  readonly outer: string;
  readonly mtu: number;
}

/** A tunnel of wireguard-go between two hosts, as somebody makes it by hand. It goes with their namespaces. */
export class HandMadeLink {
  /** Of its ends within, in their order. */
  readonly addresses = ['fd99::1', 'fd99::2'] as const;

  constructor(ends: readonly [End, End]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-link-'));
    try {
      const keys = ends.map((_, index) => {
        const key = execFileSync('wg', ['genkey'], { encoding: 'utf8' });
        const file = path.join(folder, String(index));
        writeFileSync(file, key, { mode: 0o600 });
        return { file, open: execFileSync('wg', ['pubkey'], { input: key, encoding: 'utf8' }).trim() };
      });
      for (const [index, { node, mtu }] of ends.entries()) {
        const other = ends[1 - index];
        const name = `hand-${node.name}`;
        // Each host has a session of its own: one for both would change their share of the processor (sched(7), autogroup).
        node.run('setsid', '--wait', 'wireguard-go', name);
        const own = ['listen-port', String(port), 'private-key', keys[index]?.file ?? ''];
        const peer = ['peer', keys[1 - index]?.open ?? '', 'allowed-ips', `${this.addresses[1 - index]}/128`];
        node.run('wg', 'set', name, ...own, ...peer, 'endpoint', `${other?.outer}:${port}`);
        node.run('ip', 'address', 'add', `${this.addresses[index]}/64`, 'dev', name, 'nodad');
        node.run('ip', 'link', 'set', name, 'mtu', String(mtu), 'up');
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
