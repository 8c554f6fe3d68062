import { mkdirSync } from 'node:fs';
import type { EngineCapability } from '../../catalogue/needs.ts';
import { isInstalled } from '../../lib/exec.ts';
import type { Engine } from '../engine.ts';
import type { HostAccess } from '../host-access.ts';
import { LxcConsole } from './console.ts';
import { LxcFolders } from './folders.ts';
import { Happenings } from './happenings.ts';
import { LxcHealthChecks } from './health.ts';
import { LxcImages } from './images.ts';
import { LxcLife } from './life.ts';
import { ask, requirePrograms } from './programs.ts';
import { LxcRecords } from './record.ts';
import { LxcVolumes } from './volumes.ts';
import { LxcWorkloads } from './workloads.ts';

/**
 * System containers by liblxc's programs, with images by buildah, each watched by conmon.
 * @param root folder that it keeps all in
 * @throws HeddleError ERR_ENGINE_ABSENT, naming what is not installed
 */
export async function connectLxc(root: string): Promise<Engine> {
  await requirePrograms();
  const version = (await ask('lxc-start', ['--version'])).trim();
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const folders = new LxcFolders(root);
  const records = new LxcRecords(folders);
  const life = new LxcLife(folders, records);
  const volumes = new LxcVolumes(folders, records);
  const happenings = new Happenings(folders, records);
  const console = new LxcConsole(folders, records, life);
  const health = new LxcHealthChecks(folders, (name, command, timeout) =>
    console.exec(name, command, { timeout }),
  );
  happenings.begin();
  return {
    kind: 'lxc',
    version,
    endpoint: root,
    offers: new Set<EngineCapability>(['host', 'console']),
    isThere: () => isInstalled('lxc-start'),
    workloads: new LxcWorkloads({ folders, records, volumes, life, happenings, health }),
    images: new LxcImages(),
    console,
    host,
  };
}

/** It has no networks of its own. */
const host: HostAccess = { bridgeOf: async () => undefined };
