import path from 'node:path';
import { addressPort } from '../../lib/address-port.ts';
import { nameRules } from '../../lib/names.ts';
import { type Of, optional, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { bondsSettings } from '../../networks/bond/settings.ts';
import { edgeDrivers } from '../../networks/nve/drivers.ts';
import { routingSettings } from '../../networks/routed/settings.ts';
import { archetypeName, nodeName, vlan } from '../../networks/standard/network.ts';
import { siteName, wanSettings } from '../../networks/wan/settings.ts';
import { etcdSettings } from '../../state/settings.ts';

const file = text.min(1).max(4096).refine(path.isAbsolute, 'is no absolute path');

const vlans = z
  .strictObject({ first: vlan, last: vlan })
  .refine(({ first, last }) => first <= last, 'has no ids: first is above last');

const edge = z
  .strictObject({
    driver: z
      .enum(edgeDrivers.map(({ name }) => name))
      .default('ebpf')
      .describe('How frames get there.'),
    uplink: text
      .regex(nameRules.interface, 'is no name of an interface: at most 15 bytes')
      .describe('This host’s interface to the physical network, which takes frames with VLAN tags.'),
    programs: file
      .default('/etc/heddle/programs')
      .describe(
        'Folder of programs that networks have their frames pass, NAME.o: root’s, and nobody else’s.',
      ),
    vlans: optional(vlans).describe('Ids that are chosen from where nodes share. Default: 1 to 4094.'),
    options: z.looseObject({}).default({}).describe('What the driver takes besides: docs/howto/networks.md.'),
  })
  .superRefine(({ driver, options }, context) => {
    const checked = edgeDrivers.find(({ name }) => name === driver)?.options.safeParse(options);
    for (const { message, path: at } of checked?.error?.issues ?? [])
      context.addIssue({ code: 'custom', message, path: ['options', ...at] });
  });

const api = z.strictObject({
  listen: text
    .max(255)
    .refine(
      (value) => addressPort(value) !== undefined,
      'is no address with a port, such as 10.0.0.1:9851 or [2001:db8::1]:9851',
    )
    .describe('The address and the port.'),
  cert: file.describe('Who this node is, PEM: a certificate for that address.'),
  key: file.describe('Its private key, which only root may read.'),
  ca: file.describe('The authority, PEM. Who has a certificate of it as `operator:NAME` is let in.'),
  crl: optional(file).describe('What the authority revoked, PEM. Default: nothing.'),
});

const service = z.strictObject({
  process: z
    .enum(['own', 'shared'])
    .default('shared')
    .describe('`own`: when it crashes, it takes no other with it, and is started again.'),
});

/** `node.yaml`: everything of the node that can be set. What flags and environment say wins. */
export const nodeSettings = z
  .strictObject({
    name: optional(nodeName).describe('What other nodes know this one by. Default: the host’s name.'),
    engine: optional(text.max(4096)).describe(
      '`podman`, `docker`, an address such as `unix:///run/podman/podman.sock`, or `none`: a node for networks alone. Default: whichever answers.',
    ),
    socket: optional(file).describe('Of its API. Default: `/run/heddle/node.sock`.'),
    stateDir: optional(file).describe('For what has to last. Default: `/var/lib/heddle`.'),
    metrics: optional(text.max(255)).describe(
      'Where Prometheus finds it beside the socket; `off`: nowhere. Default: `127.0.0.1:9850`.',
    ),
    api: optional(api).describe(
      'Lets others ask from other hosts about networks and endpoints, over TLS and with a certificate. Default: nobody.',
    ),
    log: z
      .strictObject({ level: z.enum(['error', 'warn', 'info', 'debug']).default('info') })
      .prefault({})
      .describe('What it says of itself.'),
    uplinks: bondsSettings
      .default({})
      .describe(
        'Bonds of this host, by the names of their interfaces: several links as one, which can be what `edge` and `wan` take for an uplink.',
      ),
    edge: optional(edge).describe(
      'Joins networks with a VLAN id to those of other nodes. Default: none, and networks are this host’s alone.',
    ),
    routing: optional(routingSettings).describe(
      'How networks that are `routed` get to other hosts. Default: nodes speak BGP with each other.',
    ),
    site: optional(siteName).describe('The place that this host is at, as the edge calls it.'),
    wan: optional(wanSettings).describe(
      'Links to the other nodes that share its state, over one uplink or several. Needs `site` and `state.etcd`. Default: none.',
    ),
    state: z
      .strictObject({ etcd: optional(etcdSettings).describe('Where nodes share their networks.') })
      .prefault({})
      .describe('Where what is wanted of networks is kept. Default: on this host.'),
    doors: z
      .strictObject({
        docker: optional(file).describe(
          'Lets Docker have networks of Heddle: where it looks for its plugin, `/run/docker/plugins/heddle.sock`.',
        ),
      })
      .prefault({})
      .describe('For whom the node stands open besides. Default: nobody.'),
    services: z
      .record(archetypeName, service)
      .default({})
      .describe('How the networking service of an archetype runs: `services: { sdn: { process: own } }`.'),
  })
  .superRefine(({ edge, wan, site, state }, context) => {
    const refuse = (message: string, ...path: string[]) =>
      context.addIssue({ code: 'custom', message, path });
    if (wan && site === undefined) refuse('links need the site that this host is at: site', 'wan');
    if (wan && !state.etcd)
      refuse('links need the state in which nodes find each other, and their public keys: state.etcd', 'wan');
    if (wan && edge?.uplink === wan.interface && edge.driver !== 'vxlan')
      refuse(
        'over links, networks are joined by the driver vxlan: these carry packets of IP',
        'edge',
        'driver',
      );
    const driver = edge && edgeDrivers.find(({ name }) => name === edge.driver);
    if (!driver?.meets?.(edge?.options ?? {}) || state.etcd) return;
    const message = `without it, the edge’s driver ${driver.name} has to learn of other nodes from an etcd that they share: state.etcd`;
    refuse(message, 'edge', 'options', 'peers');
  });
export type NodeSettings = Of<typeof nodeSettings>;
