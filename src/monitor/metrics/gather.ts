import type { Engine } from '../../engines/engine.ts';
import { label } from '../../lib/labels.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { Tenure } from '../../state/history.ts';
import { measure } from '../cost/measure.ts';
import { readCounts } from '../firewall/firewall.ts';
import { readTop } from '../flows/top.ts';
import { readLatency } from '../latency/latency.ts';
import { readSnmp } from '../snmp/snmp.ts';
import { talkersTold } from './families.ts';
import type { ApplicationSnapshot } from './snapshot.ts';

/** Milliseconds that figures without counters are taken over. */
const window = 60_000;

export interface Sources {
  readonly engine: Engine;
  /** The application's folder in the node's state. */
  readonly folder: string;
  readonly spec: DeploymentSpec;
  readonly overBudget: ApplicationSnapshot['overBudget'];
  readonly tenures: readonly Tenure[];
}

/** Asks everything that an application has. A feature that does not answer spoils nothing but its own figures. */
export async function gather({
  engine,
  folder,
  spec,
  overBudget,
  tenures,
}: Sources): Promise<ApplicationSnapshot> {
  const now = Date.now();
  const since = now - window;
  const answered: Record<string, boolean> = {};
  const asked = new Set(spec.features.map(({ feature }) => feature));
  const ask = async <T>(feature: string, read: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    if (!asked.has(feature)) return [];
    try {
      const result = await read();
      answered[feature] = true;
      return result;
    } catch {
      answered[feature] = false;
      return [];
    }
  };
  const containers = await engine.workloads.containers(spec.project);
  const [used, latency, talkers, firewall, interfaces] = await Promise.all([
    measure(spec.project, containers, now),
    ask('latency', () => readLatency(folder, spec, { since })),
    ask('flows', () => readTop(engine, spec, { since, by: 'bytes', limit: talkersTold }, tenures)),
    ask('firewall', () => readCounts(engine, spec, [])),
    ask('snmp', () => readSnmp(engine, spec, 'interfaces', [])),
  ]);
  return {
    project: spec.project,
    containers: containers.map(({ labels, state }) => ({ role: labels[label.role] ?? '', state })),
    used,
    overBudget,
    latency,
    talkers,
    firewall,
    interfaces,
    answered,
  };
}
