import { encodeRequest } from '../../src/networks/etarch/wire/control.ts';
import { encodeData } from '../../src/networks/etarch/wire/data.ts';
import { agentGroup, etherType, workspaceAddress } from '../../src/networks/etarch/wire/ethernet.ts';
import { advertised, arp, discovery, ethernet, linkLayer, tagged, types, udp } from './frames.ts';

export const everyone = 'ff:ff:ff:ff:ff:ff';
/** For experiments (IEEE 802, 9.2.4). */
export const experimental = 0x88b7;

/** A tenant's network of one archetype, as who attacks it, or from it, knows it. */
export interface Target {
  readonly vlan: number;
  /** Of the endpoint on the first host. */
  readonly mac: string;
  /** Of the first host on the network: its gateway. */
  readonly hostMac: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly gateway4: string;
  readonly gateway6: string;
}

export interface Attack {
  readonly name: string;
  readonly frame: Buffer;
}

/** What is for the next bridge alone (IEEE 802.1Q, 8.6.3): STP, pause, LACP, 802.1X, LLDP among them. */
export const reserved = [0x0, 0x1, 0x2, 0x3, 0xe].map((last) => `01:80:c2:00:00:0${last.toString(16)}`);

/**
 * Frames by which one tenant may try to reach, or take something from, another. Each has its name in it, behind a mark, which
 * is heard where the frame is.
 */
export function attacksOf(own: Target, other: Target, uplinkMac: string): Attack[] {
  const attack = (
    name: string,
    to: string,
    from: string,
    type: number | Buffer,
    body: Buffer = Buffer.alloc(0),
  ) => ({
    name,
    frame: ethernet(to, from, type, Buffer.concat([body, marked(name)])),
  });
  const twice = (outer: number, inner: number, tag = 0x8100) =>
    Buffer.concat([tagged(0x8100, outer, tag).subarray(0, 4), tagged(experimental, inner)]);
  const claim = (ip: string) => arp(2, [own.mac, ip], [everyone, ip]);
  const allNodes = '33:33:00:00:00:01';
  const advertise = (ip: string) => discovery(ip, 'ff02::1', 136, advertised(ip, linkLayer(2, own.mac)));
  return [
    ...[0, other.vlan, own.vlan].flatMap((id) => [
      attack(`tag ${id}`, everyone, own.mac, tagged(experimental, id)),
      attack(`service tag ${id}`, everyone, own.mac, tagged(experimental, id, 0x88a8)),
    ]),
    attack('tags of the other, twice', everyone, own.mac, twice(other.vlan, other.vlan)),
    attack('own tag, and the other’s in it', everyone, own.mac, twice(own.vlan, other.vlan)),
    attack('service tag, and the other’s in it', everyone, own.mac, twice(own.vlan, other.vlan, 0x88a8)),
    ...[other.mac, other.hostMac, own.hostMac, uplinkMac, everyone].flatMap((mac) => [
      attack(`as ${mac}`, everyone, mac, experimental),
      attack(`to ${mac}`, mac, own.mac, experimental),
    ]),
    ...[other.ipv4, other.gateway4, own.gateway4].map((ip) =>
      attack(`ARP for ${ip}`, everyone, own.mac, types.arp, claim(ip)),
    ),
    ...[other.ipv6, other.gateway6, own.gateway6].map((ip) =>
      attack(`neighbour advertisement for ${ip}`, allNodes, own.mac, types.ipv6, advertise(ip)),
    ),
    attack('router advertisement', allNodes, own.mac, types.ipv6, routerAdvertisement(own.mac)),
    attack(
      'DHCP offer',
      everyone,
      own.mac,
      types.ipv4,
      udp([own.ipv4, 67], ['255.255.255.255', 68], 'offer'),
    ),
    // By the host, which is its router.
    attack('routed', own.hostMac, own.mac, types.ipv4, udp([own.ipv4, 9], [other.ipv4, 9], mark)),
    attack('routed, v6', own.hostMac, own.mac, types.ipv6, udp([own.ipv6, 9], [other.ipv6, 9], mark)),
    attack(
      'as the other, to it',
      own.hostMac,
      own.mac,
      types.ipv4,
      udp([other.ipv4, 9], [other.ipv4, 9], mark),
    ),
    ...reserved.map((group) => attack(`to ${group}`, group, own.mac, 0x88cc)),
    attack('BPDU', reserved[0]!, own.mac, 46, bpdu),
    attack('to a workspace', workspaceAddress('room'), own.mac, etherType.data, said('mallory')),
    attack('to a workspace, as another', workspaceAddress('room'), other.mac, etherType.data, said('bob')),
    attack('to the agent, as another', agentGroup, other.mac, etherType.control, leaving),
  ];
}

/** In each frame of an attack. */
export const mark = 'an attack: ';

function marked(name: string): Buffer {
  return Buffer.concat([Buffer.from(`${mark}${name}`), Buffer.alloc(46)]);
}

function said(title: string): Buffer {
  return encodeData({ from: title, data: Buffer.from(mark) });
}

const leaving = encodeRequest(7, { primitive: 'entityUnregister', title: 'bob' });

/** IEEE 802.1D, 9.3.1, behind the head of LLC: a bridge of the best priority that there is. */
const bpdu = Buffer.concat([Buffer.from('424203000000000000', 'hex'), Buffer.alloc(26)]);

/** RFC 4861, 4.2: a default router for half an hour, and a prefix to make an address of. */
function routerAdvertisement(mac: string): Buffer {
  const prefix = Buffer.alloc(32);
  prefix.set([3, 4, 64, 0xc0]);
  prefix.writeUInt32BE(1800, 4);
  prefix.writeUInt32BE(1800, 8);
  prefix.write('20010db8bad00000', 16, 'hex');
  const head = Buffer.from('4000070800000000' + '00000000', 'hex');
  return discovery('fe80::bad', 'ff02::1', 134, Buffer.concat([head, linkLayer(1, mac), prefix]));
}
