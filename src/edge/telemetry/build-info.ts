import type { Family } from '../../lib/metrics/family.ts';

export function buildInfo(version: string, role: 'gateway' | 'controller' | 'proxy'): Family<unknown> {
  return {
    name: 'heddle_edge_build_info',
    type: 'gauge',
    help: 'The version that runs.',
    values: () => [{ labels: { version, role }, value: 1 }],
  };
}
