import { table as bondTable } from './bond/ovs/precedence.ts';
import { table as ipTable } from './ip/rules.ts';
import { host } from './linux/links.ts';
import { table as ovsTable } from './linux/ovs-port-guard.ts';
import { meshTunnels } from './mesh/tunnels.ts';
import { nft, nftList } from './nft.ts';
import { guardTable as vxlanTable } from './nve/names.ts';
import { overlayTunnels } from './overlay/tunnel.ts';
import { guardTable as routedTable } from './routed/guard.ts';

/** Tables of nftables that all networks share: they stay when the last is removed. */
const shared = [
  `inet ${ipTable}`,
  `netdev ${ovsTable}`,
  `netdev ${bondTable}`,
  ...[vxlanTable, overlayTunnels.table, meshTunnels.table, routedTable].map((table) => `inet ${table}`),
];

interface Listed {
  readonly table?: { readonly family: string; readonly name: string };
}

/** Removes what all networks share of the host's rules; no network is there any more. */
export async function removeTables(): Promise<void> {
  const listed = await nftList<Listed>(host, ['tables']);
  const there = listed.flatMap(({ table }) => (table ? [`${table.family} ${table.name}`] : []));
  const own = shared.filter((one) => there.includes(one));
  if (own.length > 0) await nft(host, own.map((one) => `delete table ${one}`).join('\n'));
}
