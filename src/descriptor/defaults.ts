import {
  child,
  type Entry,
  entriesOf,
  isNull,
  type MapNode,
  mapOf,
  mapValues,
  scalar,
  type TreeNode,
  textOf,
  withEntry,
} from './tree.ts';

/** Writes out what Compose takes for granted in a service: the default network, and hidden dependencies. */
export function serviceDefaults(service: MapNode): MapNode {
  let result = service;
  const networks = child(result, 'networks');
  const none =
    networks === undefined || isNull(networks) || (networks.kind === 'map' && networks.entries.size === 0);
  if (none && !textOf(child(result, 'network_mode'))) {
    result = withEntry(result, 'networks', mapOf({ default: null }, service.at), service.at);
  }
  return withHiddenDependencies(result);
}

/** A service that joins another's namespaces, links to it, or has its volumes, depends on it. */
function withHiddenDependencies(service: MapNode): MapNode {
  const wanted = hiddenDependencies(service);
  const own = child(service, 'depends_on');
  if (wanted.size === 0 || (own !== undefined && own.kind !== 'map')) return service;
  const entries = new Map<string, Entry>(own?.entries);
  for (const [name, value] of wanted) if (!entries.has(name)) entries.set(name, { keyAt: value.at, value });
  return withEntry(service, 'depends_on', { kind: 'map', entries, at: own?.at ?? service.at });
}

function hiddenDependencies(service: MapNode): Map<string, TreeNode> {
  const itemsOf = (key: string): readonly TreeNode[] => {
    const node = child(service, key);
    return node?.kind === 'seq' ? node.items : [];
  };
  const wanted = new Map<string, TreeNode>();
  for (const source of itemsOf('volumes_from')) {
    const name = textOf(source)?.replace(/:r[ow]$/, '');
    if (name && !name.startsWith('container:')) wanted.set(name, dependency(false, source));
  }
  for (const key of ['network_mode', 'pid', 'ipc']) {
    const node = child(service, key);
    const name = /^service:(.+)$/.exec(textOf(node) ?? '')?.[1];
    if (name !== undefined && node) wanted.set(name, dependency(true, node));
  }
  for (const link of itemsOf('links')) {
    const name = textOf(link)?.split(':')[0];
    if (name) wanted.set(name, dependency(true, link));
  }
  return wanted;
}

function dependency(restart: boolean, { at }: TreeNode): TreeNode {
  return mapOf({ condition: 'service_started', required: true, restart }, at);
}

/** Writes out the names of networks, volumes, configs and secrets, and adds the default network if it is used. */
export function fileDefaults(file: MapNode, project: string, active: ReadonlySet<string>): MapNode {
  let result = withEntry(file, 'name', scalar(project, child(file, 'name')?.at ?? file.at));
  const usesDefault = entriesOf(child(file, 'services')).some(
    ([name, { value }]) => active.has(name) && child(child(value, 'networks'), 'default') !== undefined,
  );
  const networks = child(result, 'networks');
  if (usesDefault && child(networks, 'default') === undefined && networks?.kind !== 'seq') {
    const base = networks?.kind === 'map' ? networks : mapOf({}, file.at);
    result = withEntry(result, 'networks', withEntry(base, 'default', mapOf({}, base.at)));
  }
  for (const section of ['networks', 'volumes', 'configs', 'secrets']) {
    const node = child(result, section);
    if (node?.kind !== 'map') continue;
    const named = mapValues(node, (value, key) => {
      if (value.kind !== 'map' || child(value, 'name')) return value;
      const external = child(value, 'external');
      const foreign = external?.kind === 'scalar' && String(external.value) === 'true';
      return withEntry(value, 'name', scalar(foreign ? key : `${project}_${key}`, value.at));
    });
    result = withEntry(result, section, named);
  }
  return result;
}
