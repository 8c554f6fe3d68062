import { existsSync } from 'node:fs';
import { isInstalled, run } from '../../lib/exec.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Whether this host's clock is kept in time: what one-way delays between hosts depend on. */
export async function checkClock(): Promise<Finding[]> {
  if (await isInstalled('chronyc')) {
    const text = await run('chronyc', ['-c', 'tracking'], { timeout: 5000 }).catch(() => '');
    const bound = chronyBound(text);
    if (bound !== undefined) return [judgeBound(bound)];
  }
  if (existsSync('/run/systemd/timesync/synchronized')) {
    return [ok('clock', 'synchronised by systemd-timesyncd, which does not say how well')];
  }
  return [
    warning(
      'clock',
      'no time service keeps this clock: delays between services of this host are exact all the same; between hosts only half the round trip bounds them',
      'apt-get install chrony',
    ),
  ];
}

/**
 * The most that the clock is off, in seconds: the offset, the dispersion and half the delay to the root (RFC 5905, 11.2);
 * nothing when chrony has no source. Fields as `chronyc -c tracking` has them.
 */
export function chronyBound(text: string): number | undefined {
  const fields = text.trim().split(',');
  const [offset, delay, dispersion] = [fields[4], fields[10], fields[11]].map(Number);
  const stratum = Number(fields[2]);
  if (fields.length < 14 || stratum === 0 || fields[13] === 'Not synchronised') return undefined;
  return Math.abs(offset ?? 0) + (delay ?? 0) / 2 + (dispersion ?? 0);
}

export function judgeBound(seconds: number): Finding {
  const text = `synchronised by chrony, at most ${(seconds * 1000).toFixed(2)} ms off`;
  if (seconds < 0.01) return ok('clock', text);
  return warning(
    'clock',
    `${text}: delays between hosts are no better known than that`,
    'use a time server that is nearer',
  );
}
