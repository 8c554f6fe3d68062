import { didYouMean } from '../../../lib/did-you-mean.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { ofArchetype } from './archetype.ts';
import { bridge } from './bridge.ts';
import { host } from './host.ts';
import type { PathKind } from './path.ts';

/** All that can be measured. */
export const pathKinds: readonly PathKind[] = [
  host,
  bridge,
  ofArchetype('ip', [
    'kept apart from other networks, and from forged sources, by rules of Heddle’s; reached at published ports',
    'not encrypted; between sites links are',
    'over several hosts, with a vlan',
  ]),
  ofArchetype('overlay', [
    'kept apart from other networks, and from forged sources, by rules of Heddle’s; reached at published ports',
    'not encrypted; between sites links are',
    'over several hosts, in tunnels of VXLAN that know where each endpoint is: no broadcasts between hosts',
  ]),
  ofArchetype('routed', [
    'kept apart from other networks, and from forged sources, by rules of Heddle’s; reached at published ports',
    'not encrypted, and nothing is wrapped: who is on the way sees addresses of endpoints',
    'over several hosts on one Ethernet, or by routers that speak BGP: no broadcasts between hosts',
  ]),
  ofArchetype(
    'mesh',
    [
      'kept apart from other networks, and from who does not prove who he is, by a proxy beside each endpoint; reached at published ports',
      'encrypted (mutual TLS): TCP; UDP is measured as it passes with `udp: plain`',
      'over several hosts, in tunnels of VXLAN that know where each endpoint is; no function can stand in between',
    ],
    { udp: 'plain' },
  ),
  ofArchetype('sdn', [
    'kept apart by a switch of its own, which a controller leads',
    'not encrypted; between sites links are',
    'over several hosts, with a vlan; where the kernel has no Open vSwitch, its own program switches',
  ]),
];

/** What the others are compared with. */
export const baseline = host.name;

/** @throws HeddleError ERR_USAGE */
export function kindNamed(name: string): PathKind {
  const found = pathKinds.find((kind) => kind.name === name);
  if (found) return found;
  const names = pathKinds.map((kind) => kind.name);
  throw new HeddleError('ERR_USAGE', `there is no network "${name}" to be measured`, {
    hint: didYouMean(name, names),
  });
}
