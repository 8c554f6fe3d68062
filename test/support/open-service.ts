import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NetworkingClient } from '../../src/api/networking-client.ts';
import { SocketTransport } from '../../src/api/socket-transport.ts';
import { archetypes } from '../../src/networks/archetypes.ts';
import { localServices } from '../../src/networks/local-services.ts';
import type { Archetype } from '../../src/networks/standard/archetype.ts';
import { openSqliteManager } from '../../src/state/sqlite-manager.ts';
import { installedCommand } from './installed.ts';
import type { OpenService } from './networking-suite.ts';
import { until } from './until.ts';

function folder(): string {
  return mkdtempSync(path.join(tmpdir(), 'heddle-service-'));
}

/** A service in this process, with those that it uses; of the product's archetypes, or others. */
export async function openHere(
  archetype: string,
  known: readonly Archetype[] = archetypes,
): Promise<OpenService> {
  const stateDir = folder();
  const folderOf = (one: string) => {
    const own = `/run/heddle-test/${path.basename(stateDir)}/${one}`;
    mkdirSync(own, { recursive: true, mode: 0o755 });
    return own;
  };
  let state = openSqliteManager(path.join(stateDir, 'networks.db'));
  const open = () => {
    const services = localServices(known, state, folderOf);
    const service = services.get(archetype);
    if (!service) throw new Error(`no archetype ${archetype}`);
    return { services, service };
  };
  let { services, service } = open();
  const end = async () => {
    // What is asked still, hears that the state is closed.
    for (const one of services.values()) await one.close();
  };
  return {
    service,
    restart: async () => {
      // What ran is left where it is: it has no more to do with what is kept.
      await end();
      await state.close();
      state = openSqliteManager(path.join(stateDir, 'networks.db'));
      ({ services, service } = open());
      for (const one of services.values()) await one.reconcile().catch(() => {});
      return service;
    },
    close: async () => {
      await end();
      await state.close();
      rmSync(stateDir, { recursive: true });
    },
  };
}

/** A service in a process of its own, and one more for each that it uses. */
export async function openAlone(
  archetype: string,
  environment: Record<string, string> = {},
): Promise<OpenService> {
  const stateDir = folder();
  const running = new Map<string, ChildProcess>();
  const start = async (name: string): Promise<void> => {
    // With those that it uses, where they do not run.
    for (const used of archetypes.find((one) => one.name === name)?.uses ?? []) {
      if (!running.has(used)) await start(used);
    }
    const args = ['node', 'service', name, '--state-dir', stateDir, '--sockets', stateDir];
    const run = () =>
      spawn(installedCommand, args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, ...environment },
      });
    let child = run();
    running.set(name, child);
    await until(`the service of ${name} answers`, async () => {
      // One that was killed is started again.
      if (child.signalCode !== null) {
        child = run();
        running.set(name, child);
      }
      await clientOf(name).networks.list();
      return true;
    });
  };
  const clientOf = (name: string) =>
    new NetworkingClient(new SocketTransport(path.join(stateDir, `${name}.sock`)));
  const end = async (name: string, signal: NodeJS.Signals) => {
    const child = running.get(name);
    running.delete(name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  await start(archetype);
  return {
    service: clientOf(archetype),
    restart: async () => {
      for (const name of [...running.keys()]) await end(name, 'SIGKILL');
      await start(archetype);
      return clientOf(archetype);
    },
    close: async () => {
      for (const name of [...running.keys()].reverse()) await end(name, 'SIGTERM');
      rmSync(stateDir, { recursive: true });
    },
  };
}
