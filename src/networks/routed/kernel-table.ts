import { inNamespace, ipJson } from '../ip.ts';
import { host } from '../linux/links.ts';
import { priority, table } from './daemon-file.ts';

interface Rule {
  readonly priority: number;
  readonly table?: string;
}

const families = ['-4', '-6'] as const;

/** Has the kernel look into the table before the others. @throws HeddleError ERR_NETWORK */
export async function useTable(): Promise<void> {
  for (const family of families) {
    if (await isUsed(family)) continue;
    const rule = ['rule', 'add', 'priority', String(priority), 'lookup', String(table)];
    await inNamespace(host, ['ip', family, ...rule]);
  }
}

export async function isTableUsed(): Promise<boolean> {
  const used = await Promise.all(families.map(isUsed));
  return used.every(Boolean);
}

/** Whether there is any route in it. */
export async function hasRoutes(): Promise<boolean> {
  const shown = families.map((family) =>
    // One that never had a route is not there.
    ipJson<unknown>(host, [family, 'route', 'show', 'table', String(table)]).catch(() => []),
  );
  return (await Promise.all(shown)).some((routes) => routes.length > 0);
}

/** Has it look there no more, and empties it. */
export async function dropTable(): Promise<void> {
  for (const family of families) {
    if (await isUsed(family))
      await inNamespace(host, [
        'ip',
        family,
        'rule',
        'del',
        'priority',
        String(priority),
        'lookup',
        String(table),
      ]);
    // One that never had a route is not there: to empty it would fail.
    await inNamespace(host, ['ip', family, 'route', 'flush', 'table', String(table)]).catch(() => {});
  }
}

/** By number, whatever the host calls the table. */
async function isUsed(family: '-4' | '-6'): Promise<boolean> {
  const rules = await ipJson<Rule>(host, ['-N', family, 'rule', 'show']);
  return rules.some((rule) => rule.priority === priority && rule.table === String(table));
}
