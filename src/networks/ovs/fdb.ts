import { run } from '../../lib/exec.ts';

/** An address that a bridge of Open vSwitch has learned; `port`: its number in OpenFlow, or `LOCAL`. */
export interface LearnedAddress {
  readonly port: string;
  readonly mac: string;
}

/** What a bridge without a controller has learned. @throws HeddleError ERR_OVS */
export async function learnedAddresses(bridge: string): Promise<LearnedAddress[]> {
  return readFdb(await run('ovs-appctl', ['fdb/show', bridge], { code: 'ERR_OVS' }));
}

/** Reads what `ovs-appctl fdb/show` prints: a heading, then a line for each address. Pure. */
export function readFdb(text: string): LearnedAddress[] {
  return text.split('\n').flatMap((line) => {
    const [, port, mac] = /^\s*(\d+|LOCAL)\s+\d+\s+([0-9a-f:]{17})\s/.exec(line) ?? [];
    return port === undefined || mac === undefined ? [] : [{ port, mac }];
  });
}
