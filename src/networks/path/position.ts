import { type Link, peerIn } from '../ip.ts';
import { isManagement, leadsOut } from './wire/legs.ts';
import { innerMark, outerOf } from './wire/outside.ts';

/** Where the interfaces of a pod lead. */
export interface Position {
  readonly attachments: readonly Attachment[];
  readonly management: 'none' | 'isolated' | 'open';
  /** In words, an interface each. */
  readonly how: readonly string[];
}

interface Attachment {
  readonly interface: string;
  /** The bridge on the host that it ends at; nothing when its other end was not found. */
  readonly bridge: string | undefined;
  /** The functions in its path, in the order in which what comes in passes them. */
  readonly path: readonly string[];
}

/** The interfaces of the namespaces that a pod's may lead to. */
export interface LinkTables {
  readonly host: readonly Link[];
  readonly management: readonly Link[];
  /** By the function's pod. */
  readonly functions: Readonly<Record<string, readonly Link[]>>;
}

/** Follows each veth of a pod to its other end, and through the functions in its path to a bridge. */
export function positionOf(pod: string, own: readonly Link[], tables: LinkTables): Position {
  const how: string[] = [];
  const attachments: Attachment[] = [];
  let management: Position['management'] = 'none';
  // In a function's own pod, ports of bridges are the wires of others.
  const ends = own.filter((each) => each.master === undefined && leadsOut(each));
  for (const link of ends) {
    if (isManagement(pod, link, tables.management)) {
      const port = peerIn(tables.management, link);
      management = port?.linkinfo?.info_slave_data?.isolated === true ? 'isolated' : 'open';
      how.push(
        `${link.ifname} ends at ${port?.ifname ?? '?'}, a port of the management bridge (${management})`,
      );
      continue;
    }
    const attachment = follow(pod, link, tables);
    const path = attachment.path.length > 0 ? ` through ${attachment.path.join(', ')}` : '';
    how.push(`${link.ifname} leads${path} to the bridge ${attachment.bridge ?? '(not found)'}`);
    attachments.push(attachment);
  }
  return { attachments, management, how };
}

function follow(pod: string, link: Link, { host, functions }: LinkTables): Attachment {
  const path: string[] = [];
  let end: Link | undefined = link;
  for (;;) {
    const passed = functionAt(pod, end, functions, path);
    if (!passed) return { interface: link.ifname, bridge: end && peerIn(host, end)?.master, path };
    path.unshift(passed.name);
    end = passed.outer;
  }
}

/** The function, of those that were not passed yet, that an end leads to, and the other end of its wire. */
function functionAt(
  pod: string,
  end: Link | undefined,
  functions: LinkTables['functions'],
  passed: readonly string[],
): { readonly name: string; readonly outer: Link | undefined } | undefined {
  for (const [name, links] of Object.entries(functions)) {
    const inner = end && peerIn(links, end);
    // One that was moved, and nothing more, says whose it is by its other end alone.
    if (!inner || (innerMark(inner).pod ?? pod) !== pod || passed.includes(name)) continue;
    return { name, outer: outerOf(inner, links) };
  }
  return undefined;
}
