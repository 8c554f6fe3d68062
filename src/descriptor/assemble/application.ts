import type { Application, FeatureRequest, Service } from '../application.ts';
import type { ComposeFile } from '../schema/compose-file.ts';
import { toChain } from './chains.ts';
import { checkConflicts } from './conflicts.ts';
import type { Assembly, AssemblyInput } from './context.ts';
import { checkCycles } from './cycles.ts';
import { withLinkAliases } from './links.ts';
import { checkReferences } from './references.ts';
import { toNetwork, toVolume } from './resources.ts';
import { toService } from './service.ts';

/** Makes the application of a checked file: the active services and what they use. */
export function assemble(file: ComposeFile, input: AssemblyInput): Application {
  const assembly: Assembly = { ...input, file };
  const services: Record<string, Service> = {};
  for (const [name, compose] of Object.entries(file.services ?? {})) {
    if (!input.active.has(name)) continue;
    const job = { name, compose, assembly };
    checkReferences(job);
    services[name] = toService(job);
  }
  const linked = withLinkAliases(services, assembly);
  checkCycles(linked, assembly);
  checkConflicts(linked, assembly);
  return {
    name: input.name,
    dir: input.project.dir,
    files: input.project.files,
    services: linked,
    networks: usedNetworks(linked, assembly),
    volumes: usedVolumes(linked, assembly),
    manage: (file['x-heddle']?.manage ?? {}) as Record<string, FeatureRequest>,
    objectives: file['x-heddle']?.objectives ?? [],
    chains: (file['x-heddle']?.chains ?? []).map(toChain),
  };
}

function usedNetworks(services: Readonly<Record<string, Service>>, { file }: Assembly) {
  const used = new Set(Object.values(services).flatMap((service) => Object.keys(service.networks)));
  const entries = Object.entries(file.networks ?? {}).filter(([key]) => used.has(key));
  return Object.fromEntries(entries.map(([key, network]) => [key, toNetwork(key, network)]));
}

function usedVolumes(services: Readonly<Record<string, Service>>, { file }: Assembly) {
  const used = new Set<string>();
  for (const service of Object.values(services)) {
    for (const mount of service.mounts) if (mount.type === 'volume' && mount.source) used.add(mount.source);
  }
  const entries = Object.entries(file.volumes ?? {}).filter(([key]) => used.has(key));
  return Object.fromEntries(entries.map(([key, volume]) => [key, toVolume(key, volume)]));
}
