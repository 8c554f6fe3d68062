import type { LinkKindName } from './kind-names.ts';
import type { LinkKind } from './link-kind.ts';
import { plain } from './plain/plain.ts';
import { vxlan } from './vxlan/vxlan.ts';
import { wireguard } from './wireguard/wireguard.ts';

/** The kinds of links. */
export const linkKinds: Readonly<Record<LinkKindName, LinkKind>> = { wireguard, vxlan, plain };
