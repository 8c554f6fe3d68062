import { isInstalled } from '../../lib/exec.ts';
import { edgeDrivers } from '../../networks/nve/drivers.ts';
import { type Finding, ok, warning } from './finding.ts';

/** What a driver of the edge needs, and which of it is not there. */
export interface DriverNeeds {
  readonly name: string;
  /** How each missing program is installed. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Which ways this host has to join networks to those of other hosts. */
export async function checkEdge(): Promise<Finding[]> {
  const drivers = edgeDrivers.map(async ({ name, needs }) => {
    const programs = Object.entries(needs);
    const there = await Promise.all(programs.map(([program]) => isInstalled(program)));
    return { name, missing: Object.fromEntries(programs.filter((_, index) => !there[index])) };
  });
  return judgeEdge(await Promise.all(drivers));
}

/** `drivers`: the default first. */
export function judgeEdge(drivers: readonly DriverNeeds[]): Finding[] {
  const isComplete = ({ missing }: DriverNeeds) => Object.keys(missing).length === 0;
  const complete = drivers.filter(isComplete).map(({ name }) => name);
  const others = drivers.filter((driver) => !isComplete(driver));
  const lacks = others.map(({ name, missing }) => `${name} lacks ${Object.keys(missing).join(', ')}`);
  const what = `networks can be joined to other hosts by ${complete.join(', ') || 'nothing'}`;
  const text = [what, ...lacks].join('; ');
  const [first] = drivers;
  if (first && !isComplete(first)) return [warning('edge', text, Object.values(first.missing).join('; '))];
  return [ok('edge', text)];
}
