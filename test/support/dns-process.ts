// A DNS server of a gateway as a process of its own. Takes a line a message from its input: a snapshot, a delta, or
// {"stale": true}. Says where it listens, and what it was told, on its output. Arguments: the file of the view, and
// options of the server as JSON.
import { createInterface } from 'node:readline';
import { type DnsOptions, DnsServer } from '../../src/edge/dns/server.ts';
import { restoreView } from '../../src/edge/gateway/restore-view.ts';
import type { Endpoint } from '../../src/edge/listen/endpoint.ts';
import type { Message } from '../../src/edge/view/message.ts';
import { ViewStore } from '../../src/edge/view/view-store.ts';
import { createLog } from '../../src/lib/log.ts';

const [file = '', options = '{}'] = process.argv.slice(2);
const { listen = [{ address: '127.0.0.1', port: 0 }], ...rest } = JSON.parse(options) as DnsOptions & {
  readonly listen?: readonly Endpoint[];
};
const server = new DnsServer({
  nsid: 'helsinki-1',
  ...rest,
});
const store = new ViewStore();
store.subscribe(server);
restoreView(store, { site: 'helsinki', file, log: createLog('silent') });
// Nobody has been heard of yet.
server.stale(true);
const [endpoint] = await server.start(listen);
process.stdout.write(`${JSON.stringify(endpoint)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line) as Message | { readonly stale: boolean };
  if ('stale' in told) server.stale(told.stale);
  else store.receive(told);
  process.stdout.write(`${line}\n`);
}
await server.stop();
