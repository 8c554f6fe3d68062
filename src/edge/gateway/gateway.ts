import { readFileSync, type Stats, unwatchFile, watchFile } from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Message } from '../delivery/messages.ts';
import type { Endpoint } from '../dns/endpoint.ts';
import { DnsServer } from '../dns/server.ts';
import type { EdgeModel } from '../model.ts';
import { readEdgeFile } from '../sources/static.ts';
import { HeldView } from './held-view.ts';
import { LocalViews } from './local-views.ts';
import { ViewStore } from './view-store.ts';

export interface GatewayOptions {
  /** The edge file. */
  readonly file: string;
  readonly site: string;
  /** Where DNS is answered; empty: port 53 of the site's gateway addresses. */
  readonly listen: readonly Endpoint[];
  /** Addresses or networks of resolvers that ask for many others. */
  readonly forwarders: readonly string[];
  /** Folder where the last good view is kept. */
  readonly state: string;
  readonly log: Log;
}

export interface RunningGateway {
  readonly listening: readonly Endpoint[];
  stop(): Promise<void>;
}

/** Milliseconds between two looks at the file. */
const interval = 250;

/**
 * Starts the gateway of a site on a file that it reads itself. The file is read again when it changes; one that is
 * wrong is reported, and what was good stays.
 * @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE, ERR_EDGE_LISTEN
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { file, site, listen, forwarders, state, log } = options;
  const model = load(file, site);
  const views = new LocalViews(site, model);
  const server = new DnsServer({
    listen:
      listen.length > 0
        ? listen
        : (model.sites[site]?.gateway ?? []).map((address) => ({ address, port: 53 })),
    nsid: site,
    forwarders,
    problem: (error) => log.error({ error: String(error) }, 'a query met a defect'),
  });
  const held = new HeldView(server, new ViewStore(path.join(state, 'view')));
  const problem = held.recover();
  if (problem) log.warn({ problem }, 'the view that was kept is not whole');
  const take = (message: Message) => {
    try {
      held.take(message);
    } catch (error) {
      log.error({ error: (error as Error).message }, 'the view is answered from, but could not be kept');
    }
  };
  const listening = await server.start();
  take(views.snapshot());
  const look = (now: Stats, before: Stats) => {
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino) return;
    try {
      const change = views.update(load(file, site));
      if (!change) return;
      take(change);
      log.info({ version: change.version }, 'the view changed');
    } catch (error) {
      log.error({ error: (error as Error).message }, 'the file is not taken; what was good stays');
    }
  };
  watchFile(file, { interval }, look);
  log.info({ site, listening, names: server.stats().names }, 'the gateway answers');
  return {
    listening,
    stop: async () => {
      unwatchFile(file, look);
      await server.stop();
      log.info({ ...server.stats() }, 'the gateway ends');
    },
  };
}

/** Reads an edge file that has to have a site. */
export function load(file: string, site?: string): EdgeModel {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${(cause as Error).message}`, { cause });
  }
  const model = readEdgeFile(text, path.relative(process.cwd(), file) || file);
  if (site !== undefined && !(site in model.sites)) {
    const hint = didYouMean(site, Object.keys(model.sites));
    throw new HeddleError('ERR_EDGE_FILE', `${file} has no site "${site}"`, { hint });
  }
  return model;
}
