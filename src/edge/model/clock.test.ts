import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/**
 * The clock that somebody may set is read for what is written for people, for certificates, and for what other hosts say; nowhere
 * else at the edge, so that setting it changes nothing. How far clocks of hosts may differ is in docs/reference/edge-gateway.md.
 */
const allowed: Readonly<Record<string, string>> = {
  'acme/client.ts': 'whether a certificate holds',
  'acme/keeper.ts': 'a date in a log line',
  'acme/messages.ts': 'a date in a header of the server',
  'ca/authority.ts': 'from when to when certificates hold',
  'controller/term.ts': 'whether the certificate of who signed holds',
  'delivery/publisher.ts': 'how long a change is on its way to a gateway, as a metric',
  'gateway/inbox.ts': 'whether the certificate of who signed holds; a metric',
  'lease/broker-election.ts': 'epochs, which grow whatever the clock says',
  'lease/etcd.ts': 'epochs, which grow whatever the clock says',
  'lease/kubernetes.ts': 'epochs; dates that kubectl shows, and nobody compares',
  'sources/kubernetes/service-events.ts': 'dates of events, for people',
  'sources/reading.ts': 'when a source was read, as a metric',
  'update/primary.ts': 'when a message was signed (RFC 8945)',
  'view/view-store.ts': 'serials of a zone, which grow whatever the clock says',
};

test('the clock that somebody may set is read for nothing that lasts', () => {
  const folder = path.join(import.meta.dirname, '..');
  const files = globSync('**/*.ts', { cwd: folder }).filter((file) => !file.endsWith('.test.ts'));
  const read = files.filter((file) =>
    /\bDate\.now\b|\bnew Date\(/.test(readFileSync(path.join(folder, file), 'utf8')),
  );
  expect(read.filter((file) => !(file in allowed))).toEqual([]);
});
