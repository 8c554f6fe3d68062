// The edge of one host, in whose network namespace it runs: DRIVER UPLINK FOLDER.
//   { apply: PORTS }    { counters: true }    { stop: true }
// Each line of input is answered with a line: { result } or { error }.
import { createInterface } from 'node:readline';
import { toHeddleError } from '../../src/lib/errors.ts';
import { edgeDrivers } from '../../src/networks/nve/drivers.ts';
import type { IngressPort } from '../../src/networks/nve/edge.ts';

export interface EdgeOrder {
  readonly apply?: readonly IngressPort[];
  readonly counters?: true;
  readonly stop?: true;
}

const [name = '', uplink = '', folder = ''] = process.argv.slice(2);
const edge = edgeDrivers.find((driver) => driver.name === name)?.edge({ uplink, folder });
if (!edge) throw new Error(`no driver ${name}`);

async function carryOut(order: EdgeOrder): Promise<unknown> {
  if (order.apply) return edge?.apply(order.apply);
  return order.counters ? edge?.counters() : edge?.stop();
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await carryOut(JSON.parse(line) as EdgeOrder).then(
    (result) => ({ result }),
    (thrown) => {
      const { code, message } = toHeddleError(thrown);
      return { error: `${code}: ${message}` };
    },
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
