import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeGroupsOf } from './dockerd.ts';
import type { HostRoom } from './host-room.ts';
import { until } from './until.ts';

/** A Docker in a room, where Docker usually is: `docker` finds it there. */
export class RoomDocker {
  readonly #room: HostRoom;

  constructor(room: HostRoom) {
    this.#room = room;
  }

  async start(): Promise<void> {
    const { folder } = this.#room;
    const of = (name: string) => path.join(folder, name);
    writeFileSync(of('daemon.json'), JSON.stringify({ 'deprecated-key-path': of('key.json') }));
    // containerd has a fixed place there.
    this.#room.run('mount', '-t', 'tmpfs', 'opt', '/opt');
    const log = openSync(of('docker.log'), 'a', 0o600);
    const [program, args] = this.#room.inside(
      'dockerd',
      `--config-file=${of('daemon.json')}`,
      `--data-root=${of('docker')}`,
      '--exec-opt=native.cgroupdriver=cgroupfs',
      `--cgroup-parent=/${this.#group}`,
    );
    const child = spawn(program, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    await until(
      'dockerd answers',
      () => child.exitCode !== null || this.#room.run('docker', 'version') !== '',
    );
    if (child.exitCode !== null) throw new Error(`dockerd ended: ${readFileSync(of('docker.log'), 'utf8')}`);
  }

  /** Gives it images that this machine's Podman has. */
  load(images: readonly string[]): void {
    const archive = path.join(this.#room.folder, 'images.tar');
    execFileSync('podman', ['save', '--quiet', '--multi-image-archive', '--output', archive, ...images]);
    this.#room.run('docker', 'load', '--quiet', '--input', archive);
    rmSync(archive);
  }

  /** Removes what is left of it when the room is gone. */
  remove(): void {
    removeGroupsOf(this.#group);
  }

  get #group(): string {
    return path.basename(this.#room.folder);
  }
}
