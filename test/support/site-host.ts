import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LinkStatus } from '../../src/networks/wan/status.ts';
import type { DeploymentSpec } from '../../src/selector/spec.ts';
import { type Outcome, type Running, TestHost } from './host.ts';
import { HostRoom } from './host-room.ts';
import { installedCommand } from './installed.ts';
import { RoomDocker } from './room-docker.ts';
import { until } from './until.ts';

export type SiteEngine = 'podman' | 'docker';

/** A host at a site of its own: a room, with a node and an engine of its own. Whatever runs there, runs in the room. */
export class SiteHost extends TestHost {
  readonly name: string;
  readonly engine: SiteEngine;
  /** At which others reach it, its node's API too. */
  readonly address: string;
  readonly room: HostRoom;
  readonly #docker: RoomDocker | undefined;
  #node: Running | undefined;

  /** `namespace`: its network's name. */
  constructor(name: string, engine: SiteEngine, address: string, namespace: string) {
    const room = new HostRoom(namespace);
    super(room.env);
    this.name = name;
    this.engine = engine;
    this.address = address;
    this.room = room;
    this.#docker = engine === 'docker' ? new RoomDocker(room) : undefined;
  }

  /** The engine's, when there is a room. */
  async startEngine(): Promise<void> {
    await this.#docker?.start();
  }

  /** Starts its node with these settings, or with those of before; returns when it answers. */
  async startNode(settings?: object): Promise<void> {
    const file = path.join(this.folder, 'node.yaml');
    if (settings) writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    // It ends after what it takes down.
    this.#node = this.running(...this.room.inside(installedCommand, 'node', 'start', '--config', file));
    await until(`node ${this.name} answers`, async () => {
      const { exitCode, printed } = this.#node as Running;
      if (exitCode() !== null) throw new Error(printed());
      return (await this.heddle('node', 'status')).code === 0;
    });
  }

  /** Process id of the node, as this machine counts them. */
  override async nodePid(): Promise<number> {
    if (!this.#node || this.#node.exitCode() !== null) throw new Error(`node ${this.name} does not run`);
    return this.room.childOf(this.#node.pid);
  }

  /** All that its node has said since it was started. */
  override nodeLog(): string {
    return this.#node?.printed() ?? '';
  }

  /** Sees to it that its engine has the images of an application, which this machine's Podman has. */
  async have(...project: readonly string[]): Promise<void> {
    if (!this.#docker) return;
    const { pods } = await this.json<DeploymentSpec>('spec', ...project);
    const own = pods.flatMap(({ sandbox }) => (sandbox.kind === 'own' ? [sandbox] : []));
    const all = [...own, ...pods.flatMap(({ containers }) => containers)].map(({ image }) => image);
    this.#docker.load([...new Set(all)]);
  }

  /** Its links to other nodes. */
  links(): Promise<LinkStatus[]> {
    return this.json<LinkStatus[]>('link', 'ls');
  }

  override run(program: string, args: readonly string[]): Promise<Outcome> {
    return super.run(...this.room.inside(program, ...args));
  }

  override launch(program: string, args: readonly string[]): Running {
    return super.launch(...this.room.inside(program, ...args));
  }

  override podman(...args: readonly string[]): string {
    return this.room.run('podman', ...args);
  }

  docker(...args: readonly string[]): string {
    return this.room.run('docker', ...args);
  }

  /** Runs its engine's command: what both have alike. */
  container(...args: readonly string[]): string {
    return this.room.run(this.engine, ...args);
  }

  override lifeOf(container: string): string {
    const format = '{{if .State.Running}}{{.Id}} {{.State.StartedAt}}{{end}}';
    return this.container('inspect', container, '--format', format);
  }

  override leftovers(project: string): string[] {
    const filter = `label=io.heddle.project=${project}`;
    const namespaces = this.room.run('ip', 'netns', 'list').split('\n');
    return [
      ...this.container('ps', '-aq', '--filter', filter).split('\n'),
      ...this.container('network', 'ls', '-q', '--filter', filter).split('\n'),
      ...this.container('volume', 'ls', '-q', '--filter', filter).split('\n'),
      ...namespaces.filter((line) => line.startsWith(`heddle-${project}`)),
    ].filter((line) => line !== '');
  }

  /** Takes down what was made here, and fails when something of it is left; then the host itself goes. */
  override async remove(): Promise<void> {
    try {
      await super.remove();
    } finally {
      await this.room.remove();
      this.#docker?.remove();
    }
  }
}
