import * as z from '../../lib/zod.ts';
import type { DistanceReport } from '../distance/row.ts';
import type { Message } from '../view/message.ts';
import type { Choices, ControllerState, Heartbeat, Peers, Status } from './messages.ts';

const count = z.int().min(0);
const stamp = { epoch: count, version: count };
const time = z.exactOptional(z.number().min(0));
const addresses = z.record(z.string(), z.array(z.string()));
const places = z.object({
  gateways: addresses,
  nodes: addresses,
  clients: z.exactOptional(addresses),
  caa: z.array(z.object({ tag: z.enum(['issue', 'issuewild', 'iodef']), value: z.string() })),
});
const port = z.int().min(0).max(65_535);

const copy = z.object({
  id: z.string(),
  site: z.string(),
  node: z.string(),
  address: z.string(),
  ports: z.record(z.string(), port),
  nodePorts: z.exactOptional(z.record(z.string(), port)),
  distance: z.number().nullable(),
  error: z.number(),
  basis: z.enum(['measured', 'predicted', 'declared', 'unknown']),
  verdict: z.enum(['chosen', 'spare', 'out']),
  draining: z.boolean(),
  reason: z.string(),
  kept: z.exactOptional(z.literal(true)),
});

const refused = z.object({
  kind: z.enum(['service', 'name', 'port', 'node port']),
  what: z.string(),
  reason: z.string(),
  holders: z.exactOptional(z.array(z.string())),
});

const service = z.object({
  name: z.string(),
  namespace: z.string(),
  alias: z.boolean(),
  bySite: z.boolean(),
  steer: z.enum(['gateway', 'direct']),
  ttl: z.number().min(0),
  ports: z.array(
    z.object({
      name: z.string(),
      port,
      protocol: z.enum(['tcp', 'udp']),
      application: z.enum(['http', 'stream']),
      layer: z.exactOptional(z.literal(4)),
      notAtNodes: z.exactOptional(z.literal(true)),
    }),
  ),
  refused: z.exactOptional(z.array(refused)),
  copies: z.array(copy),
});
const services = z.record(z.string(), service);

const message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('snapshot'),
    ...stamp,
    time,
    view: places.extend({ domain: z.string(), site: z.string(), services }),
  }),
  z.object({
    kind: z.literal('delta'),
    ...stamp,
    time,
    site: z.string(),
    set: services,
    removed: z.array(z.string()),
    places: z.exactOptional(places),
  }),
]);

const heartbeat = z.object({
  kind: z.literal('beat'),
  epoch: count,
  count,
  controller: z.string(),
  last: z.boolean(),
});

const status = z.object({ ...stamp, stale: z.boolean(), serial: count });

const peers = z.object({
  kind: z.literal('peers'),
  epoch: count,
  site: z.string(),
  own: z.string(),
  peers: z.record(z.string(), z.object({ addresses: z.array(z.string()), key: z.string() })),
});

const milliseconds = z.number().min(0).max(10_000);
const figures = z.record(z.string(), z.object({ milliseconds, error: z.number().min(0) }));
const report = z.object({
  coordinate: z.object({
    x: z.number(),
    y: z.number(),
    height: z.number(),
    error: z.number(),
  }),
  row: figures,
  handshakes: z.exactOptional(figures),
});

const kept = z.record(z.string(), z.record(z.string(), z.string()));
const holdings = z.exactOptional(z.record(z.string(), z.string()));
/** What another version wrote in another form is not read. */
const controllerState = z.object({
  format: z.literal(1),
  reports: z.record(z.string(), report),
  kept,
  holdings,
});

const choices = z.object({ kind: z.literal('choices'), epoch: count, kept, holdings });

/** What a text says; nothing when it is no such message. Keys that are not known are left out: a newer controller's. */
export const readMessage = (text: string): Message | undefined => read(message, text);
export const readHeartbeat = (text: string): Heartbeat | undefined => read(heartbeat, text);
export const readChoices = (text: string): Choices | undefined => read(choices, text);
export const readPeers = (text: string): Peers | undefined => read(peers, text);
export const readDistanceReport = (text: string): DistanceReport | undefined => read(report, text);
export const readControllerState = (text: string): ControllerState | undefined => read(controllerState, text);
export const readStatus = (text: string): Status | undefined => read(status, text);

function read<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
