import { randomBytes } from 'node:crypto';
import type { Log } from '../../lib/log.ts';
import type { Credentials } from '../ca/authority.ts';
import { Broker } from '../delivery/broker.ts';
import { Bus, type BusEvents } from '../delivery/bus.ts';
import { type BrokerAddress, dial } from '../delivery/dial.ts';
import type { Trust } from '../delivery/trust.ts';
import type { Endpoint } from '../listen/endpoint.ts';

/** A broker of somebody else's, or one of the controller's own and where it listens. */
export type Via = { readonly broker: BrokerAddress } | { readonly listen: Endpoint };

/** The way to the gateways. */
export interface Transport {
  readonly bus: Bus;
  /** Where the controller's own broker listens. */
  readonly port?: number;
  renew(credentials: Credentials): void;
  close(): Promise<void>;
}

/** @throws HeddleError ERR_EDGE_BROKER when the controller's own broker cannot listen */
export async function openTransport(
  via: Via,
  credentials: () => Credentials,
  trust: Trust,
  log: Log,
  events: BusEvents,
): Promise<Transport> {
  const name = `controller/${randomBytes(6).toString('hex')}`;
  if ('broker' in via) {
    const bus = new Bus(() => dial(via.broker, credentials), name, events);
    return { bus, renew: () => {}, close: () => bus.end() };
  }
  const broker = await Broker.open({ listen: via.listen, credentials: credentials(), trust, log });
  const bus = new Bus(() => broker.connect(), name, events);
  return {
    bus,
    port: broker.port,
    renew: (renewed) => broker.renew(renewed),
    close: async () => {
      await bus.end();
      await broker.close();
    },
  };
}
