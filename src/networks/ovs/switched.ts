import { existsSync } from 'node:fs';
import { OpenVswitch } from './open-vswitch.ts';
import { runFolder } from './run-folder.ts';

/** The bridge that has each port of Open vSwitch, by the port. Where none runs, or none answers, there are no ports. */
export async function switchedPorts(): Promise<ReadonlyMap<string, string>> {
  const socket = `${runFolder()}/db.sock`;
  if (!existsSync(socket)) return new Map();
  const openVswitch = new OpenVswitch(socket);
  try {
    const bridges = [...(await openVswitch.read()).bridges.values()];
    return new Map(
      bridges.flatMap(({ name, ports }) => [...ports.keys()].map((port) => [port, name] as const)),
    );
  } catch {
    return new Map();
  } finally {
    await openVswitch.close();
  }
}
