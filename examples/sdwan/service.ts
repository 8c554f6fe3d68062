// A service of the lab: says who it is and where it runs. Some do a little more; see `roles`.
//
//   node service.ts NAME SITE ADDRESS PORT
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

const [name = '', site = '', address = '', port = ''] = process.argv.slice(2);
const self = `${name} at ${site}`;
const readings: number[] = [];

/** What a service answers with; others say who they are. */
const roles: Readonly<Record<string, (request: IncomingMessage) => Promise<string>>> = {
  page: async () => {
    const parts = await Promise.all(
      ['prices', 'reviews'].map((part) => get(`http://${part}.edge.internal/`)),
    );
    return [self, ...parts].join(', with ');
  },
  readings: async (request) => {
    if (request.method !== 'POST') return JSON.stringify(readings);
    readings.push(Number(await text(request)));
    return `kept by ${self}`;
  },
  averages: async () => {
    const sites = ['helsinki', 'madrid'];
    const all = await Promise.all(
      sites.map((from) => get(`http://readings.${from}.site.edge.internal:8005/`)),
    );
    const means = all.map((list, index) => `${sites[index]} ${mean(JSON.parse(list))}`);
    return `${self}: ${means.join(', ')}`;
  },
};

async function get(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
  return (await answer.text()).trim();
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

createServer(async (request, response) => {
  try {
    response.end(`${(await roles[name]?.(request)) ?? self}\n`);
  } catch (error) {
    response.writeHead(502).end(`${self}: ${(error as Error).message}\n`);
  }
}).listen(Number(port), address, () => console.log('ready'));
