import type { Application } from './application.ts';
import { child, type MapNode, mapValues, type TreeNode, withEntry } from './tree.ts';

/** Leaves out of the model what does not run: services of other profiles, and what only they use. */
export function prune(file: MapNode, application: Application): MapNode {
  const files = Object.values(application.services).flatMap((service) => service.files);
  const named = (kind: 'config' | 'secret'): Set<string> =>
    new Set(files.filter((mount) => mount.kind === kind).map((mount) => mount.name));
  const used: Record<string, ReadonlySet<string>> = {
    services: new Set(Object.keys(application.services)),
    networks: new Set(Object.keys(application.networks)),
    volumes: new Set(Object.keys(application.volumes)),
    configs: named('config'),
    secrets: named('secret'),
  };
  let result = withEntry(file, 'version', undefined);
  for (const [section, keys] of Object.entries(used)) {
    const node = child(result, section);
    if (node?.kind !== 'map') continue;
    const kept = mapValues(node, (value, key) =>
      keys.has(key) ? withoutSources(section, value) : undefined,
    );
    result = withEntry(result, section, kept.entries.size === 0 && section !== 'services' ? undefined : kept);
  }
  return result;
}

/** What `env_file` and `label_file` said stands in `environment` and `labels` by now. */
function withoutSources(section: string, node: TreeNode): TreeNode {
  if (section !== 'services' || node.kind !== 'map') return node;
  return withEntry(withEntry(node, 'env_file', undefined), 'label_file', undefined);
}
