import { type Link, peerIn } from '../ip.ts';
import { isManagement, leadsOut, type Way, wayOf } from './patch/legs.ts';
import { passageOf } from './patch/names.ts';
import { endOnHost } from './patch/outside.ts';
import { passedBy } from './patch/passed.ts';
import type { Surroundings } from './patch/scene.ts';

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

/** Follows each veth of a pod to its other end, and through the functions in its path to a bridge. */
export function positionOf(pod: string, own: readonly Link[], around: Surroundings): Position {
  const { places } = around;
  const how: string[] = [];
  const attachments: Attachment[] = [];
  let management: Position['management'] = 'none';
  const ends = own.filter((each) => leadsOut(each) && !isOfOthers(each, places.patch));
  for (const link of ends) {
    if (isManagement(pod, link, places.management)) {
      const port = peerIn(places.management, link);
      management = port?.linkinfo?.info_slave_data?.isolated === true ? 'isolated' : 'open';
      how.push(
        `${link.ifname} ends at ${port?.ifname ?? '?'}, a port of the management bridge (${management})`,
      );
      continue;
    }
    const way = wayOf(pod, link, places);
    const attachment = { interface: link.ifname, ...(way ? follow(pod, way, around) : nowhere) };
    const path = attachment.path.length > 0 ? ` through ${attachment.path.join(', ')}` : '';
    how.push(`${link.ifname} leads${path} to the bridge ${attachment.bridge ?? '(not found)'}`);
    attachments.push(attachment);
  }
  return { attachments, management, how };
}

/** In a function's own pod there are ends of the ways of others: ports of bridges, or what the kernel routes between. */
function isOfOthers(link: Link, patch: readonly Link[]): boolean {
  const peer = peerIn(patch, link);
  return link.master !== undefined || (peer !== undefined && passageOf(peer) !== undefined);
}

const nowhere = { bridge: undefined, path: [] };

function follow(pod: string, way: Way, around: Surroundings): Omit<Attachment, 'interface'> {
  const { functions } = passedBy(pod, way, around, []);
  return { bridge: endOnHost(way, around.places)?.master, path: functions };
}
