import { partOf } from './parts.ts';
import { forgetNode } from './said.ts';

/** What all archetypes have whose networks get to other hosts by themselves. */
export function spanningTraits(name: string) {
  return {
    name,
    uses: ['linux', 'ip'],
    attachments: ['namespace', 'tap', 'interface', 'handed'],
    carriesIp: true,
    spansHosts: true,
    access: { archetype: 'ip', name: partOf(name) },
    traffic: ['counters', 'trace'],
    forgetNode,
  } as const;
}
