import { readFile } from 'node:fs/promises';
import { parseNetDev } from '../../lib/net-dev.ts';
import { managementInterface } from '../../networks/management/bridge.ts';

/** Bytes that passed an interface, or several, from the side of the one who has it. */
export interface Bytes {
  readonly sent: number;
  readonly received: number;
}

/** Traffic of a network namespace: on the application's networks, and on the management link. */
export interface Traffic {
  readonly application: Bytes;
  readonly management: Bytes;
}

/** The traffic of the network namespace that a process lives in; nothing when the process is gone. */
export async function readTraffic(pid: number): Promise<Traffic | undefined> {
  try {
    return parseTraffic(await readFile(`/proc/${pid}/net/dev`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Sums up `/proc/PID/net/dev`. The management link is an interface of its own. */
export function parseTraffic(text: string): Traffic {
  const sums = { application: { sent: 0, received: 0 }, management: { sent: 0, received: 0 } };
  for (const { name, received, sent } of parseNetDev(text)) {
    if (name === 'lo') continue;
    const sum = name === managementInterface ? sums.management : sums.application;
    sum.received += received;
    sum.sent += sent;
  }
  return sums;
}
