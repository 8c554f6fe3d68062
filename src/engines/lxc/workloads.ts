import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { type Labels, label } from '../../lib/labels.ts';
import type { ContainerSpec, NetworkSpec, VolumeSpec } from '../../selector/spec.ts';
import type { EngineEvent, EventSpan, ObservedContainer, ObservedObjects } from '../observed.ts';
import { partOfVolume } from '../volume-part.ts';
import type { ContainerHome, OwnSandbox, Workloads } from '../workloads.ts';
import { cannot } from './cannot.ts';
import { endCgroups } from './cgroups.ts';
import { underInit } from './entry.ts';
import type { LxcFolders } from './folders.ts';
import type { Happenings } from './happenings.ts';
import type { HealthState, LxcHealthChecks } from './health.ts';
import { environmentOf, healthOf, type ImageConfig, imageOf, wordsOf } from './image-config.ts';
import type { LxcLife } from './life.ts';
import type { LxcMount, LxcProcess, LxcRecord, LxcRecords } from './record.ts';
import { makeRootFs, removeRootFs, userIn } from './root-fs.ts';
import { stateOf } from './state.ts';
import type { LxcVolumes } from './volumes.ts';

interface Parts {
  readonly folders: LxcFolders;
  readonly records: LxcRecords;
  readonly volumes: LxcVolumes;
  readonly life: LxcLife;
  readonly happenings: Happenings;
  readonly health: LxcHealthChecks;
}

/** Pods and volumes by LXC. Networks are Heddle's own. */
export class LxcWorkloads implements Workloads {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async observe(project: string): Promise<ObservedObjects> {
    const { volumes } = this.#parts;
    return {
      containers: await this.containers(project),
      networks: [],
      volumes: volumes.of(project),
      foreign: [],
    };
  }

  containers(project: string): Promise<ObservedContainer[]> {
    const own = this.#parts.records.list().filter(({ labels }) => labels[label.project] === project);
    return Promise.all(own.map((record) => this.#observed(record)));
  }

  async projects(): Promise<string[]> {
    return [
      ...new Set(this.#parts.records.list().flatMap(({ labels }) => labels[label.project] ?? [])),
    ].sort();
  }

  async inspect(name: string): Promise<ObservedContainer | undefined> {
    const record = this.#parts.records.find(name);
    return record && this.#observed(record);
  }

  events(signal: AbortSignal, span?: EventSpan): AsyncIterable<EngineEvent> {
    return this.#parts.happenings.events(signal, span);
  }

  /** @throws HeddleError ERR_COMPOSE_UNSUPPORTED */
  async createNetwork({ name }: NetworkSpec): Promise<void> {
    throw noNetworks(`the network ${name}`);
  }

  async removeNetwork(): Promise<void> {}

  async createVolume(volume: VolumeSpec, labels: Labels): Promise<void> {
    this.#parts.volumes.create(volume, volume.key, labels);
  }

  async removeVolume(name: string): Promise<void> {
    this.#parts.volumes.remove(name);
  }

  async containerNames(): Promise<ReadonlySet<string>> {
    return new Set(this.#parts.records.names());
  }

  async networkNames(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  async volumeNames(): Promise<ReadonlySet<string>> {
    return new Set(this.#parts.volumes.names());
  }

  cannot(container: ContainerSpec): string | undefined {
    return cannot(container);
  }

  async createSandbox(sandbox: OwnSandbox, labels: Labels): Promise<void> {
    const own = sandbox.networks.find(({ owner }) => owner === undefined);
    if (own || sandbox.engineBridge)
      throw noNetworks(`${sandbox.name}: ${own?.network ?? 'network_mode bridge'}`);
    const { id: imageId, config } = await imageOf(sandbox.image);
    const process: LxcProcess = {
      words: wordsOf({}, config).words,
      isSystem: true,
      environment: environmentOf({}, config, undefined),
      // Nobody: settings of the kernel that it can see are writable for root.
      ...{ uid: 65_534, gid: 65_534, groups: [], workingDir: '/', home: '/', stopSignal: 'SIGTERM' },
    };
    const made = { kind: 'sandbox', sandbox } as const;
    await this.#make({
      name: sandbox.name,
      labels,
      image: sandbox.image,
      imageId,
      process,
      made,
      anonymous: [],
    });
  }

  async createContainer(container: ContainerSpec, home: ContainerHome, labels: Labels): Promise<void> {
    const { name, image } = container;
    const { id: imageId, config } = await imageOf(image);
    const { words: own, isSystem } = wordsOf(container, config);
    const words = container.init ? underInit(own) : own;
    const health = healthOf(container.healthcheck, config);
    const process: LxcProcess = {
      ...{ words, isSystem, uid: 0, gid: 0, groups: [], home: '/' },
      environment: environmentOf(container.environment, config, home.hostname),
      workingDir: container.workingDir ?? (config.WorkingDir || '/'),
      stopSignal: container.stopSignal ?? (config.StopSignal || (isSystem ? 'SIGPWR' : 'SIGTERM')),
    };
    const mounts = this.#ownMounts(container, home, config);
    const anonymous = mounts.flatMap(({ anonymous }) => anonymous ?? []);
    const record = await this.#make(
      {
        ...{ name, image, imageId, process, anonymous },
        labels: { ...container.labels, ...labels },
        made: { kind: 'container', container, home: { ...home, mounts: [] } },
        ...(health && { health }),
      },
      async (rootFs) => {
        for (const { volume, isFilled, mount } of mounts) {
          if (volume === undefined) continue;
          this.#parts.volumes.ensure(volume);
          if (isFilled) await this.#parts.volumes.fill(volume, rootFs, mount.target);
          else if (mount.type === 'bind' && mount.part !== undefined)
            await partOfVolume(volume, mount.source, mount.part);
        }
        const { uid, gid, groups, home: at } = userIn(rootFs, container.user ?? config.User);
        const own = { uid, gid, home: at, groups: [...groups, ...(container.groupAdd ?? []).map(Number)] };
        return {
          process: { ...process, ...own },
          made: { kind: 'container', container, home: { ...home, mounts: mounts.map(({ mount }) => mount) } },
        };
      },
    );
    this.#parts.happenings.note('create', 'create', record);
  }

  async start(name: string): Promise<void> {
    const { life, records, happenings } = this.#parts;
    if (await life.start(name)) happenings.note('start', 'start', records.get(name));
  }

  stop(name: string, grace: number): Promise<void> {
    return this.#parts.life.stop(name, grace);
  }

  kill(name: string, signal: string): Promise<void> {
    return this.#parts.life.kill(name, signal);
  }

  async pause(name: string): Promise<void> {
    await this.#parts.life.pause(name);
    this.#parts.happenings.note('pause', 'pause', this.#parts.records.get(name));
  }

  async unpause(name: string): Promise<void> {
    await this.#parts.life.unpause(name);
    this.#parts.happenings.note('unpause', 'pause', this.#parts.records.get(name));
  }

  async remove(name: string, volumes: 'keep' | 'remove'): Promise<void> {
    const { records, folders, life, happenings } = this.#parts;
    const record = records.find(name);
    if (!record) return;
    if (['running', 'paused'].includes((await stateOf(record, folders)).state)) await life.end(record);
    await removeRootFs(record.id);
    await endCgroups(record.id);
    const { folder, exit, record: kept } = folders.of(name);
    rmSync(exit, { force: true });
    // By its record what is left of it is found: that goes last.
    for (const one of readdirSync(folder))
      if (path.join(folder, one) !== kept) rmSync(path.join(folder, one), { recursive: true, force: true });
    rmSync(kept, { force: true });
    rmSync(folder, { recursive: true, force: true });
    if (volumes === 'remove') for (const one of record.anonymous) this.#removeUnused(one.name);
    if (record.made.kind === 'container') happenings.note('destroy', 'remove', record);
  }

  ended(name: string, signal: AbortSignal): Promise<number> {
    return this.#parts.life.ended(name, signal);
  }

  async checkHealth(name: string): Promise<void> {
    const record = this.#parts.records.get(name);
    if (await this.#parts.health.check(record))
      this.#parts.happenings.note('health_status', 'health', record);
  }

  /** One that was begun and not finished is begun anew. */
  async #make(
    made: Omit<LxcRecord, 'id' | 'createdAt' | 'isWhole'>,
    fill?: (rootFs: string) => Promise<Pick<LxcRecord, 'process' | 'made'>>,
  ): Promise<LxcRecord> {
    const { records } = this.#parts;
    const before = records.find(made.name);
    if (before?.isWhole) throw new HeddleError('ERR_NAME_IN_USE', `there is a container ${made.name}`);
    if (before) await this.remove(made.name, 'remove');
    const id = randomBytes(32).toString('hex');
    const begun: LxcRecord = { ...made, id, createdAt: Date.now(), isWhole: false };
    records.write(begun);
    const rootFs = await makeRootFs(id, made.image);
    const whole = { ...begun, ...(await fill?.(rootFs)), isWhole: true };
    records.write(whole);
    return whole;
  }

  /** Its mounts, those of others that it has, too, and what its image has volumes for; of volumes also which it is. */
  #ownMounts(container: ContainerSpec, home: ContainerHome, { Volumes }: ImageConfig): OwnMount[] {
    const given = new Set(home.mounts.map(({ target }) => target));
    const others = (container.volumesFrom ?? []).flatMap((text) => {
      const [name = '', mode] = text.split(':');
      const { made } = this.#parts.records.get(name);
      const mounts = made.kind === 'container' ? made.home.mounts : [];
      return mounts
        .filter(({ type, target }) => type === 'bind' && !given.has(target))
        .map(
          (mount): OwnMount => ({
            mount: mode === 'ro' && mount.type === 'bind' ? { ...mount, readOnly: true } : mount,
          }),
        );
    });
    const taken = new Set([...given, ...others.map(({ mount }) => mount.target)]);
    const images = Object.keys(Volumes ?? {})
      .filter((target) => !taken.has(target))
      .map((target) => ({ type: 'volume', target, readOnly: false, noCopy: false }) as const);
    const own = [...home.mounts, ...images].map((mount) => this.#placed(mount));
    return [...own, ...others];
  }

  #placed(mount: ContainerHome['mounts'][number]): OwnMount {
    if (mount.type !== 'volume') return { mount };
    const { volumes } = this.#parts;
    const { target, readOnly, noCopy, subpath } = mount;
    const volume = mount.source ?? volumes.anonymousName();
    const source = volumes.folder(volume);
    return {
      mount: {
        ...{ type: 'bind', source, target, readOnly, createSource: false },
        ...(subpath !== undefined && { part: subpath }),
      },
      volume,
      isFilled: !noCopy && subpath === undefined,
      ...(mount.source === undefined && { anonymous: { name: volume, target } }),
    };
  }

  #removeUnused(name: string): void {
    try {
      this.#parts.volumes.remove(name);
    } catch (cause) {
      // Another container has it, too: it goes with that one.
      if (!/is in use/.test((cause as Error).message)) throw cause;
    }
  }

  async #observed(record: LxcRecord): Promise<ObservedContainer> {
    const { id, name, image, imageId, anonymous, health } = record;
    // One that was not made to its end is not as anything says.
    const { [label.hash]: _, ...bare } = record.labels;
    const labels = record.isWhole ? record.labels : bare;
    const state = await stateOf(record, this.#parts.folders);
    const checked: HealthState | undefined =
      state.pid === undefined ? undefined : this.#parts.health.of(record, state.startedAt);
    return {
      ...{ id, name, labels, image, imageId, anonymous },
      ...state,
      networks: [],
      ports: [],
      ...(health && { healthcheck: { test: health.test, interval: health.interval } }),
      ...(health && checked && { health: checked }),
    };
  }
}

interface OwnMount {
  readonly mount: LxcMount;
  readonly volume?: string;
  /** Whether that is filled from the image first, where it is empty. */
  readonly isFilled?: boolean;
  readonly anonymous?: { readonly name: string; readonly target: string };
}

function noNetworks(what: string): HeddleError {
  return new HeddleError('ERR_COMPOSE_UNSUPPORTED', `${what}: LXC has no networks of its own`, {
    hint: 'say which of Heddle’s it is to be: x-heddle: { archetype: ip }',
  });
}
