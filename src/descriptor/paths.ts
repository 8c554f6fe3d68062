import { isAbsolute, resolve } from 'node:path';
import { isPath } from './forms/mounts.ts';
import { child, type MapNode, mapValues, type SeqNode, type TreeNode, textOf, withEntry } from './tree.ts';

/** Makes the paths of one file in long form absolute: files from different folders can then be merged. */
export function resolvePaths(file: MapNode, dir: string, home: string | undefined): MapNode {
  const absolute = (path: string): string => {
    if (path === '~' || path.startsWith('~/'))
      return home === undefined ? path : resolve(home, `.${path.slice(1)}`);
    return isAbsolute(path) ? path : resolve(dir, path);
  };
  const at = (key: string, change: Change): Change => onKey(key, change);
  const path: Change = (node) => {
    const written = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
    return node.kind === 'scalar' && written !== '' ? { ...node, value: absolute(written) } : node;
  };
  const context: Change = (node) => (isRemote(textOf(node) ?? '') ? node : path(node));
  const bindSource: Change = (node) => {
    const source = textOf(child(node, 'source')) ?? '';
    const bind = textOf(child(node, 'type')) === 'bind' || isPath(source);
    return bind ? at('source', path)(node) : node;
  };
  const service = inOrder(
    at('build', at('context', context)),
    at('develop', at('watch', onItems(at('path', path)))),
    at('env_file', onItems(at('path', path))),
    at('label_file', onItems(path)),
    at('volumes', onItems(bindSource)),
  );
  const content = at('file', path);
  return inOrder(
    at('services', onValues(service)),
    at('configs', onValues(content)),
    at('secrets', onValues(content)),
    at('volumes', onValues(bindDevice(path))),
  )(file) as MapNode;
}

/** A build context that an engine would fetch rather than read from a folder. */
export function isRemote(context: string): boolean {
  return /^(https?|git|ssh|docker-image|oci-layout):\/\/|^git@|^github\.com\//.test(context);
}

/** A volume of the local driver that is a bind mount in disguise. */
function bindDevice(path: Change): Change {
  return (node) => {
    const options = child(node, 'driver_opts');
    const isBind = (textOf(child(options, 'o')) ?? '').split(',').includes('bind');
    return isBind ? onKey('driver_opts', onKey('device', path))(node) : node;
  };
}

type Change = (node: TreeNode) => TreeNode;

function onKey(key: string, change: Change): Change {
  return (node) => {
    const value = child(node, key);
    return node.kind === 'map' && value ? withEntry(node, key, change(value)) : node;
  };
}

function onItems(change: Change): Change {
  return (node) =>
    node.kind === 'seq' ? ({ ...node, items: node.items.map(change) } satisfies SeqNode) : node;
}

function onValues(change: Change): Change {
  return (node) => (node.kind === 'map' ? mapValues(node, change) : node);
}

function inOrder(...changes: readonly Change[]): Change {
  return (node) => changes.reduce((current, change) => change(current), node);
}
