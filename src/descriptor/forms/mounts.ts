import { didYouMean } from '../../lib/did-you-mean.ts';
import type { Location } from '../../lib/errors.ts';
import type { Findings } from '../findings.ts';
import { formatPath, type MapNode, mapOf, type Path, scalar, type TreeNode, textOf } from '../tree.ts';
import type { Form } from './form.ts';

const PROPAGATIONS = ['shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate'];
/** Hints for file sharing on other systems; they mean nothing on Linux. */
const CONSISTENCY = ['consistent', 'cached', 'delegated'];
const OPTIONS = ['ro', 'rw', 'z', 'Z', 'nocopy', ...PROPAGATIONS, ...CONSISTENCY];

/** One item of a service's `volumes`: `[SOURCE:]TARGET[:OPTIONS]` → the long form. */
export const mount: Form = (node, path, findings) => {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  const parts = node.value.split(':');
  const source = parts.length > 1 ? parts[0] : undefined;
  const target = parts.length > 1 ? parts[1] : parts[0];
  if (parts.length > 3 || !target || source === '') {
    const hint = 'write [SOURCE:]TARGET[:OPTIONS], or the long form for paths that hold a ":"';
    findings.error('ERR_COMPOSE_TYPE', `${formatPath(path)}: "${node.value}" is not a volume`, node.at, hint);
    return undefined;
  }
  const options = (parts[2] ?? '').split(',').filter((option) => option !== '');
  if (!knownOptions(options, node.at, path, findings)) return undefined;
  const bind = source !== undefined && isPath(source);
  return bind ? bindMount(source, target, options, node.at) : volumeMount(source, target, options, node.at);
};

/** Paths begin with `.`, `/` or `~`; anything else is the name of a volume. */
export function isPath(source: string): boolean {
  return /^[./~]/.test(source);
}

function knownOptions(options: readonly string[], at: Location, path: Path, findings: Findings): boolean {
  const unknown = options.find((option) => !OPTIONS.includes(option));
  if (unknown === undefined) return true;
  const message = `${formatPath(path)}: the volume option "${unknown}" is not known`;
  findings.error('ERR_COMPOSE_TYPE', message, at, didYouMean(unknown, OPTIONS));
  return false;
}

function bindMount(source: string, target: string, options: readonly string[], at: Location): MapNode {
  const propagation = options.find((option) => PROPAGATIONS.includes(option));
  const selinux = options.find((option) => option === 'z' || option === 'Z');
  return mapOf(
    {
      type: 'bind',
      source,
      target,
      read_only: options.includes('ro') || undefined,
      bind: mapOf({ create_host_path: true, propagation, selinux }, at),
    },
    at,
  );
}

function volumeMount(
  source: string | undefined,
  target: string,
  options: readonly string[],
  at: Location,
): MapNode {
  return mapOf(
    {
      type: 'volume',
      source,
      target,
      read_only: options.includes('ro') || undefined,
      volume: mapOf({ nocopy: options.includes('nocopy') || undefined }, at),
    },
    at,
  );
}

/** One item of a service's `configs` or `secrets`: a name → `{source: name}`. */
export const fileMount: Form = (node) => {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  return mapOf({ source: node.value }, node.at);
};

/** One item of `devices`: `HOST[:CONTAINER[:PERMISSIONS]]` → the long form. */
export const device: Form = (node, path, findings) => {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  const [source = '', target = source, permissions = 'rwm', ...more] = node.value.split(':');
  if (more.length > 0 || source === '' || !/^[rwm]+$/.test(permissions)) {
    const message = `${formatPath(path)}: "${node.value}" is not a device`;
    findings.error('ERR_COMPOSE_TYPE', message, node.at, 'write HOST[:CONTAINER[:rwm]]');
    return undefined;
  }
  return mapOf({ source, target, permissions }, node.at);
};

/** `extra_hosts` as a map, or a list of `host:address` → a list of `host=address`. */
export const extraHosts: Form = (node) => {
  if (node.kind === 'scalar') return node;
  const items = node.kind === 'map' ? hostsOfMap(node) : node.items.map(hostLine);
  return { kind: 'seq', items, at: node.at, tag: node.tag };
};

function hostsOfMap(map: MapNode): TreeNode[] {
  return [...map.entries].flatMap(([host, { value }]) => {
    const addresses = value.kind === 'seq' ? value.items : [value];
    return addresses.map((address) => {
      const written = textOf(address);
      return written === undefined ? address : scalar(`${host}=${unbracket(written)}`, address.at);
    });
  });
}

function hostLine(item: TreeNode): TreeNode {
  const [, host, address] = /^([^:=]+)[:=](.+)$/.exec(textOf(item) ?? '') ?? [];
  return host && address ? scalar(`${host}=${unbracket(address)}`, item.at) : item;
}

function unbracket(address: string): string {
  return address.replace(/^\[(.*)\]$/, '$1');
}
