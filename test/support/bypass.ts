import { expect } from 'vitest';
import type { Outcome } from './host.ts';

/** Runs a command in a container of a service. */
type Exec = (service: string, ...command: string[]) => Promise<Outcome>;

/** The address that a service has on the link alone, with the interface of whoever is to use it. */
export async function linkLocalOf(exec: Exec, service: string): Promise<string> {
  const { stdout } = await exec(
    service,
    ...['ip', '-6', '-o', 'address', 'show', 'dev', 'eth0', 'scope', 'link'],
  );
  const [, address = ''] = /inet6 (fe80\S+)\//.exec(stdout) ?? [];
  return `${address}%eth0`;
}

/** That a service reaches another from none of these addresses, which it takes one after the other. */
export async function expectNotFrom(
  exec: Exec,
  service: string,
  address: string,
  taken: readonly string[],
): Promise<void> {
  for (const one of taken) {
    expect((await exec(service, 'ip', 'address', 'add', `${one}/24`, 'dev', 'eth0')).code).toBe(0);
    expect((await exec(service, 'nc', '-z', '-w', '2', '-s', one, address, '80')).code, one).not.toBe(0);
    expect((await exec(service, 'ip', 'address', 'del', `${one}/24`, 'dev', 'eth0')).code).toBe(0);
  }
}
