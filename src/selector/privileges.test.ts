import { expect, test } from 'vitest';
import { loadCatalogue } from '../catalogue/load.ts';
import type { Template } from '../catalogue/template.ts';
import { privilegesOf } from './privileges.ts';

const { flows } = loadCatalogue().templates as { readonly flows: Template };
const probe = flows.agents['probe']!;
const withAgent = (change: Partial<typeof probe>): Template => ({
  ...flows,
  agents: { probe: { ...probe, ...change } },
});

test('Heddle’s own templates have no power over the host', () => {
  for (const template of Object.values(loadCatalogue().templates))
    expect(privilegesOf(template), template.feature).toEqual([]);
});

test.each<[string, Partial<typeof probe>, string[]]>([
  ['full privileges', { privileged: true }, ['full privileges']],
  ['devices', { devices: ['/dev/kvm'] }, ['devices (/dev/kvm)']],
  ['a capability over the host', { capabilities: ['SYS_ADMIN', 'NET_RAW'] }, ['the capability SYS_ADMIN']],
  ['one that a parameter gives', { capabilitiesIf: { deep: ['BPF'] } }, ['the capability BPF']],
  ['the host’s namespaces', { sharing: 'host' }, ["the host's namespaces"]],
])('%s is said in words', (_what, change, privileges) => {
  expect(privilegesOf(withAgent(change))).toEqual(privileges);
});

test('a capability that nobody knows to stay within a container is one over the host', () => {
  const all = privilegesOf(withAgent({ capabilities: ['SYS_PTRACE', 'CHOWN', 'SYS_MODULE'] }));
  expect(all).toEqual(['the capability SYS_PTRACE', 'the capability SYS_MODULE']);
});
