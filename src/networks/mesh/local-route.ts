import { inNamespace, ipJson, type Namespace } from '../ip.ts';

interface Rule {
  readonly fwmark?: string;
}

/** Before those that say nothing of marks (ip-rule(8)). */
const priority = 4100;
const families = ['-4', '-6'] as const;

/** Leads packets that are marked so to the host itself, wherever they are meant to go (ip-rule(8), ip-route(8)). @throws HeddleError ERR_NETWORK */
export async function leadToProxy(namespace: Namespace, mark: number): Promise<void> {
  for (const family of families) {
    const rule = `rule add fwmark ${mark} lookup ${mark} priority ${priority}`;
    await ipLines(namespace, family, [
      `route replace local default dev lo table ${mark}`,
      ...((await isLed(namespace, family, mark)) ? [] : [rule]),
    ]);
  }
}

/** @throws HeddleError ERR_NETWORK */
export async function leadToProxyNoMore(namespace: Namespace, mark: number): Promise<void> {
  for (const family of families) {
    if (!(await isLed(namespace, family, mark))) continue;
    const rule = `rule del fwmark ${mark} lookup ${mark} priority ${priority}`;
    await ipLines(namespace, family, [rule, `route flush table ${mark}`]);
  }
}

async function ipLines(
  namespace: Namespace,
  family: (typeof families)[number],
  lines: readonly string[],
): Promise<void> {
  await inNamespace(namespace, ['ip', family, '-batch', '-'], `${lines.join('\n')}\n`);
}

async function isLed(
  namespace: Namespace,
  family: (typeof families)[number],
  mark: number,
): Promise<boolean> {
  const rules = await ipJson<Rule>(namespace, [family, 'rule', 'show']);
  return rules.some(({ fwmark }) => Number(fwmark) === mark);
}
