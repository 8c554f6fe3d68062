import { execFile, execFileSync, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from './until.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

const made: string[] = [];

/** A network namespace under a name, as a container's is. */
export function makeNamespace(name: string): string {
  ip('netns', 'add', name);
  made.push(name);
  ip('-n', name, 'link', 'set', 'lo', 'up');
  return `/run/netns/${name}`;
}

/** Removes those that were made, for the next file of tests. */
export function removeNamespaces(): void {
  for (const name of made.splice(0)) ip('netns', 'del', name);
}

/** How many of so many pings were answered; `wait`: how many seconds for the last of them, when one is not. */
export async function answered(namespace: string, address: string, count = 3, wait = 5): Promise<number> {
  const ping = ['ping', '-c', `${count}`, '-i', '0.05', '-W', `${wait}`, address];
  const args = [`--net=/run/netns/${namespace}`, ...ping];
  const { stdout } = await promisify(execFile)('nsenter', args).catch((error) => error as { stdout: string });
  return Number(/(\d+) received/.exec(stdout)?.[1] ?? 0);
}

/**
 * The same when one has been answered: Open vSwitch forgets that it dropped something a moment later than it says that it has its
 * flows.
 */
export async function answeredOnceOne(namespace: string, address: string): Promise<number> {
  await until(`${address} answers ${namespace}`, () => reaches(namespace, address));
  return answered(namespace, address);
}

/** Whether one ping is answered, which takes no time where there is a way. */
export async function reaches(namespace: string, address: string): Promise<boolean> {
  return (await answered(namespace, address, 1, 0.3)) === 1;
}

/** Pings each 10 ms until it is stopped, and says how many there were, and how many got no answer. */
export function pinging(namespace: string, address: string) {
  const args = [`--net=/run/netns/${namespace}`, 'ping', '-i', '0.01', '-W', '2', address];
  const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    get answers() {
      return text.match(/icmp_seq/g)?.length ?? 0;
    },
    async stop(): Promise<{ sent: number; lost: number }> {
      child.kill('SIGINT');
      await ended;
      // What was on its way when it was stopped is neither: it counts to the last that was answered.
      const answered = new Set([...text.matchAll(/icmp_seq=(\d+)/g)].map(([, number]) => Number(number)));
      const sent = Math.max(0, ...answered);
      return { sent, lost: sent - answered.size };
    },
  };
}

/** A bridge of the host with namespaces on it, by their addresses: `eth0` in each, and a port that is called after it. */
export function onBridge(bridge: string, port: string, addresses: Readonly<Record<string, string>>): void {
  ip('link', 'add', bridge, 'type', 'bridge');
  ip('link', 'set', bridge, 'up');
  for (const [name, address] of Object.entries(addresses)) {
    makeNamespace(name);
    ip('link', 'add', `${port}${name}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('link', 'set', `${port}${name}`, 'master', bridge, 'up');
    ip('-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
  }
}
