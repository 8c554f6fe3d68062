import type { Log } from '../../lib/log.ts';
import type { EchoPeers } from '../distance/echo/keys.ts';
import { Measuring } from '../distance/measuring.ts';
import { DnsServer } from '../dns/server.ts';
import type { Endpoint } from '../listen/endpoint.ts';
import type { HttpServer } from '../listen/http-server.ts';
import type { SiteProxy } from '../proxy/site-proxy.ts';
import { gatewayText } from '../telemetry/gateway-families.ts';
import { serveMetrics } from '../telemetry/metrics-server.ts';
import type { Message } from '../view/message.ts';
import type { ViewSubscriber } from '../view/subscriber.ts';
import type { Feed } from './feed.ts';
import { GatewayWatch } from './gateway-watch.ts';
import { LiveView } from './live-view.ts';
import { PidFile } from './pid-file.ts';

export interface GatewayOptions {
  readonly site: string;
  readonly feed: Feed;
  /** Where DNS is answered; empty: port 53 of the site's gateway addresses. */
  readonly listen: readonly Endpoint[];
  /** Whether another server answers instead: nothing is listened on. */
  readonly answeredElsewhere: boolean;
  /** Addresses or networks of resolvers that ask for many others. */
  readonly forwarders: readonly string[];
  /** Folder where the last good view is kept. */
  readonly state: string;
  /** Do as the view says, beside DNS; end with the gateway. */
  readonly subscribers: readonly ViewSubscriber[];
  /** Where metrics are served; not given: nowhere. */
  readonly metrics?: Endpoint;
  /** What metrics tell of the proxy; nothing without one. */
  readonly proxy?: Pick<SiteProxy, 'figures' | 'certificates'>;
  readonly log: Log;
}

export interface RunningGateway {
  readonly listening: readonly Endpoint[];
  stop(): Promise<void>;
}

/**
 * Starts the gateway of a site: it answers from its last view until its feed gives a newer one. Without addresses to
 * listen on it waits for a view that says them.
 * @throws HeddleError ERR_EDGE_LISTEN, ERR_STATE
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { site, feed, listen, answeredElsewhere, forwarders, state, subscribers, metrics, log } = options;
  const server = new DnsServer({
    nsid: site,
    forwarders,
    isTimed: metrics !== undefined,
    problem: (error) => log.error({ error: String(error) }, 'DNS query failed with an internal error'),
  });
  let measuring: Measuring | undefined;
  const connected = (at: string, milliseconds: number) => measuring?.connected(at, milliseconds);
  const view = new LiveView({ site, state, connected, log });
  const { store } = view;
  const watch = new GatewayWatch({
    server,
    store,
    health: (target) => view.health(target),
    peers: () => measuring?.peers() ?? [],
    proxy: options.proxy,
    feed,
  });
  const text = async () => gatewayText(site, await watch.figures());
  let shown: HttpServer | undefined;
  const cutOff = (reason: string | undefined) => {
    server.stale(reason !== undefined);
    watch.cutOff(reason !== undefined);
    if (reason === undefined) log.info({}, 'in contact with the controller: DNS answers are up to date');
    else log.warn({ reason }, 'cut off from the controller: DNS answers may be out of date');
  };
  let latest: EchoPeers | undefined;
  const peers = (now: EchoPeers) => {
    latest = now;
    measuring?.setPeers(now);
  };
  const receive = (message: Message) => {
    view.receive(message);
    watch.changed();
  };
  const converged = (milliseconds: number) => watch.converged(milliseconds);
  const start = () => feed.start({ store, receive, converged, peers, cutOff });
  const open = async (endpoints: Endpoint[]) =>
    answeredElsewhere ? endpoints : await server.start(endpoints);
  const begin = async (): Promise<Endpoint[]> => {
    store.subscribe(server);
    view.restore();
    shown = metrics && (await serveMetrics(metrics, text, log));
    if (listen.length === 0 && !feed.addresses) {
      start();
      await view.viewed;
      return open(dnsPorts(store.view?.gateways[site] ?? []));
    }
    const opened = await open(listen.length > 0 ? [...listen] : dnsPorts(feed.addresses ?? []));
    start();
    return opened;
  };
  const stop = async () => {
    shown?.close();
    await measuring?.close();
    await feed.close();
    await view.close([server, ...subscribers]);
  };
  const own = await begin().catch(async (error) => {
    await stop();
    throw error;
  });
  measuring = new Measuring({
    site,
    addresses: own.map(({ address }) => address),
    report: (report) => feed.measured(report),
    log,
  });
  if (latest) measuring.setPeers(latest);
  // Now that the gateway has its own ports: those are no service's.
  for (const subscriber of subscribers) store.subscribe(subscriber);
  const pid = new PidFile(state);
  pid.write();
  const listening = answeredElsewhere ? [] : own;
  log.info({ site, listening, names: server.stats().names }, 'the gateway answers');
  return {
    listening,
    stop: async () => {
      await stop();
      pid.remove();
      log.info({ ...server.stats() }, 'the gateway stopped');
    },
  };
}

function dnsPorts(addresses: readonly string[]): Endpoint[] {
  return addresses.map((address) => ({ address, port: 53 }));
}
