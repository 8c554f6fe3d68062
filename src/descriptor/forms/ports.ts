import { isIP } from 'node:net';
import type { Findings } from '../findings.ts';
import { formatPath, mapOf, type Path, type TreeNode } from '../tree.ts';
import { eachKey, type Form, inTurn } from './form.ts';
import { text, unlessEmpty } from './simple.ts';

const MAX_PORT = 65_535;
const SYNTAX =
  'write [HOST-IP:][HOST-PORT:]PORT[/PROTOCOL], each port a number from 1 to 65535 or a range a-b';

/** `ports`: each short form becomes one long form for each port it names. */
export const ports: Form = (node, path, findings) => {
  if (node.kind !== 'seq') return node;
  const items = node.items.flatMap((item, i) => portForms(item, [...path, i], findings));
  return { ...node, items };
};

function portForms(item: TreeNode, path: Path, findings: Findings): TreeNode[] {
  if (item.kind === 'map') {
    const long = eachKey({ published: inTurn(text, unlessEmpty), host_ip: unlessEmpty })(
      item,
      path,
      findings,
    );
    return long === undefined ? [] : [long];
  }
  if (item.kind !== 'scalar' || item.value === null || typeof item.value === 'boolean') return [item];
  const parsed = parsePort(String(item.value));
  if (typeof parsed === 'string') {
    findings.error('ERR_COMPOSE_TYPE', `${formatPath(path)}: "${item.value}": ${parsed}`, item.at, SYNTAX);
    return [];
  }
  findings.spend('ports', parsed.length, item.at);
  return parsed.map((port) => mapOf({ mode: 'ingress', ...port }, item.at));
}

interface ShortPort extends Record<string, string | number | undefined> {
  readonly host_ip?: string | undefined;
  readonly target: number;
  readonly published?: string | undefined;
  readonly protocol: string;
}

/** The ports of a short form, or what is wrong with it. */
export function parsePort(written: string): ShortPort[] | string {
  const [address = '', protocol = 'tcp', ...more] = written.split('/');
  if (more.length > 0 || !['tcp', 'udp', 'sctp'].includes(protocol.toLowerCase())) {
    return 'the protocol is tcp, udp or sctp';
  }
  const parts = splitAddress(address);
  if (!parts) return 'this is not a port';
  if (parts.hostIp !== undefined && isIP(parts.hostIp) === 0) return `"${parts.hostIp}" is not an IP address`;
  const target = parseRange(parts.target);
  const any = parts.published === '0';
  const published = parts.published === undefined || any ? undefined : parseRange(parts.published);
  if (!target || (parts.published !== undefined && !published && !any)) return 'this is not a port';
  const common = { host_ip: parts.hostIp, protocol: protocol.toLowerCase() };
  const count = target.last - target.first + 1;
  const ports = published ? published.last - published.first + 1 : 1;
  if (parts.published !== undefined && count > 1 && ports !== count) {
    return 'the two ranges differ in length';
  }
  return Array.from({ length: count }, (_, i) => ({
    ...common,
    target: target.first + i,
    // The engine picks one.
    published: any ? '0' : publishedOf(published, count, i),
  }));
}

function publishedOf(range: Range | undefined, targets: number, i: number): string | undefined {
  if (!range) return undefined;
  if (targets > 1 || range.first === range.last) return String(range.first + i);
  return `${range.first}-${range.last}`;
}

function splitAddress(
  address: string,
): { hostIp?: string | undefined; published?: string | undefined; target: string } | undefined {
  const found = /^(?:(\[[0-9A-Fa-f:.%a-z0-9]+\]|[0-9.]+)?:)?(?:([0-9-]*):)?([0-9-]+)$/.exec(address);
  if (found) {
    const [, ip, published, target = ''] = found;
    // `1.2.3.4:80` has no host port; `8080:80` looks like an address of digits.
    if (ip !== undefined && published === undefined && !/[.[]/.test(ip)) return { published: ip, target };
    const hostIp = ip?.replace(/[[\]]/g, '');
    return { hostIp, published: published || undefined, target };
  }
  // IPv6 without brackets: the last two colons separate the ports.
  const bare = /^([0-9A-Fa-f:]*:[0-9A-Fa-f:]*):([0-9-]*):([0-9-]+)$/.exec(address);
  if (!bare) return undefined;
  return { hostIp: bare[1], published: bare[2] || undefined, target: bare[3] ?? '' };
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** `80` or `8000-8010`. */
export function parseRange(written: string): Range | undefined {
  const found = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(written);
  if (!found) return undefined;
  const first = Number(found[1]);
  const last = found[2] === undefined ? first : Number(found[2]);
  return first >= 1 && last <= MAX_PORT && first <= last ? { first, last } : undefined;
}
