// A process of its own: so many clients ask for a page and pause for 0 to --pause milliseconds, evenly drawn. Prints what
// came of the last --measure seconds as JSON. Every client has one request under way at most: the load is bounded.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serves } from './page.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '80' },
    clients: { type: 'string', default: '1' },
    pause: { type: 'string', default: '2000' },
    'warm-up': { type: 'string', default: '15' },
    measure: { type: 'string', default: '60' },
  },
});
const [port, clients, pause] = [Number(values.port), Number(values.clients), Number(values.pause)];
const from = performance.now() + Number(values['warm-up']) * 1000;
const until = from + Number(values.measure) * 1000;
const latencies: number[] = [];
let errors = 0;

await Promise.all(Array.from({ length: clients }, client));
if (clients === 0) await sleep(until - performance.now());
latencies.sort((a, b) => a - b);
const quantile = (part: number) => latencies[Math.floor(part * (latencies.length - 1))] ?? null;
console.log(
  JSON.stringify({
    clients,
    pages: latencies.length,
    pagesPerSecond: latencies.length / Number(values.measure),
    errors,
    milliseconds: { median: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
  }),
);

async function client(): Promise<void> {
  // Not all at once.
  await sleep(Math.random() * pause);
  while (performance.now() < until) {
    const began = performance.now();
    const good = await serves(port);
    const ended = performance.now();
    if (ended >= from && ended < until) {
      if (good) latencies.push(ended - began);
      else errors++;
    }
    await sleep(good ? Math.random() * pause : 100);
  }
}
