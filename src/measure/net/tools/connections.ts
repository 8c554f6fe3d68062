import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError } from '../../../lib/errors.ts';
import type { Figures } from '../measurement.ts';
import { lastWords } from './last-words.ts';
import type { Place, Tool } from './tool.ts';

// wrk(1) asks, haproxy(1) answers by itself: both as Debian has them.

/** Questions of HTTP, so many at the same time, each by a connection of its own. */
export function connections({ parallel }: { readonly parallel: number }): Tool {
  return {
    needs: [
      { program: 'wrk', package: 'wrk' },
      { program: 'haproxy', package: 'haproxy' },
    ],
    prepare: { server: (place) => writeFile(configurationIn(place), configuration(place)) },
    server: (place) => ['haproxy', '-db', '-f', configurationIn(place)],
    client: ({ address, port }, seconds) => {
      const how = ['--threads', '1', '--connections', String(parallel), '--duration', `${seconds}s`];
      return ['wrk', ...how, '--latency', '--header', 'Connection: close', `http://${address}:${port}/`];
    },
    figures,
  };
}

/** @throws HeddleError ERR_MEASURE where it did not measure */
function figures(text: string): Figures {
  const perSecond = /Requests\/sec: +([\d.]+)/.exec(text)?.[1];
  if (perSecond === undefined || Number(perSecond) === 0)
    throw new HeddleError('ERR_MEASURE', `wrk: ${lastWords(text)}`);
  return { connectionsPerSecond: Number(perSecond) };
}

function configurationIn({ folder, port }: Place): string {
  return path.join(folder, `haproxy-${port}.cfg`);
}

function configuration({ address, port }: Place): string {
  return `defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  option httpclose
frontend answers
  bind ${address}:${port}
  http-request return status 200 content-type text/plain string ok
`;
}
