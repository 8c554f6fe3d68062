import { run } from '../../lib/exec.ts';
import type { NetworkFlow } from '../standard/traffic.ts';

/** What another's controller has told a bridge, whatever it matches. @throws HeddleError ERR_OVS */
export async function foreignFlows(bridge: string): Promise<NetworkFlow[]> {
  const args = ['-O', 'OpenFlow13', '--names', 'dump-flows', bridge];
  return readFlows(await run('ovs-ofctl', args, { code: 'ERR_OVS' }));
}

/** What belongs to a flow, and is nothing that it matches. */
const properties = new Set([
  'cookie',
  'duration',
  'table',
  'n_packets',
  'n_bytes',
  'priority',
  'idle_timeout',
  'hard_timeout',
  'idle_age',
  'hard_age',
  'reset_counts',
  'send_flow_rem',
]);
const defaultPriority = 32_768;

/** Reads what `ovs-ofctl dump-flows` prints (ovs-ofctl(8)), a line for each flow. Pure. */
export function readFlows(text: string): NetworkFlow[] {
  return text.split('\n').flatMap((line) => {
    const [, said, actions] = /^\s*(cookie=.*?),? actions=(.*)$/.exec(line) ?? [];
    if (said === undefined || actions === undefined) return [];
    const parts = said.split(/,\s*/).map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? ([part, ''] as const) : ([part.slice(0, at), part.slice(at + 1)] as const);
    });
    const all = new Map(parts);
    const number = (name: string, otherwise = 0) => Number.parseFloat(all.get(name) ?? String(otherwise));
    return [
      {
        table: number('table'),
        priority: number('priority', defaultPriority),
        cookie: `0x${(all.get('cookie') ?? '').replace(/^0x/, '').padStart(16, '0')}`,
        kind: 'foreign' as const,
        match: Object.fromEntries(parts.filter(([name]) => !properties.has(name))),
        actions: actions === 'drop' ? [] : separated(actions),
        packets: number('n_packets'),
        bytes: number('n_bytes'),
        age: Math.floor(number('duration')),
      },
    ];
  });
}

/** At commas, but not within parentheses. */
function separated(actions: string): string[] {
  const all = [''];
  let depth = 0;
  for (const letter of actions) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (letter === ',' && depth === 0) all.push('');
    else all[all.length - 1] += letter;
  }
  return all;
}
