// The edge of one host, in whose network namespace it runs: DRIVER UPLINK FOLDER OPTIONS.
//   { configure: OPTIONS }   other options, as a node that starts anew has them
//   { apply: PORTS }    { counters: true }    { running: VLAN }    { stop: true }
// Each line of input is answered with a line: { result } or { error }.
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { toHeddleError } from '../../src/lib/errors.ts';
import { edgeDrivers } from '../../src/networks/nve/drivers.ts';
import type { IngressPort } from '../../src/networks/nve/edge.ts';
import { openVswitchIn } from './ovs.ts';

export interface EdgeOrder {
  readonly configure?: object;
  readonly apply?: readonly IngressPort[];
  readonly counters?: true;
  readonly running?: number;
  readonly stop?: true;
}

const [name = '', uplink = '', folder = '', options = '{}'] = process.argv.slice(2);
process.env['OVS_RUNDIR'] = openVswitchIn(folder);
const driver = edgeDrivers.find((one) => one.name === name);
if (!driver) throw new Error(`no driver ${name}`);
const programs = `${folder}/programs`;
const configured = (given: unknown) =>
  driver.edge({ uplink, folder, programs, options: driver.options.parse(given) });
let edge = configured(JSON.parse(options));

async function carryOut(order: EdgeOrder): Promise<unknown> {
  if (order.configure) {
    edge = configured(order.configure);
    return undefined;
  }
  if (order.apply) {
    const refused = await edge.apply(order.apply);
    return Object.fromEntries([...refused].map(([network, { message }]) => [network, message]));
  }
  if (order.running !== undefined) return edge.programs?.running(order.running);
  return order.counters ? edge.counters() : edge.stop();
}

// Who is killed would leave nothing of it.
flushCompileCache();
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
