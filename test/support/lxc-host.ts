import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { TestHost } from './host.ts';

/** A host for tests whose engine is LXC. Its containers are in the node's state folder, their root file systems at buildah. */
export class LxcHost extends TestHost {
  get containers(): string {
    return path.join(this.stateDir, 'lxc', 'containers');
  }

  /** Brings a project up; the first time it is LXC that the node takes. */
  up(...project: readonly string[]): Promise<string> {
    return this.ok('up', '-d', '--engine', 'lxc', ...project);
  }

  /** Runs a program in a container, by LXC itself. */
  inside(container: string, ...command: readonly string[]): string {
    return execFileSync('lxc-attach', ['-P', this.containers, '-n', container, '--', ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Asks LXC about a container: `pid`, `state`. */
  info(container: string, what: 'pid' | 'state'): string {
    const key = what === 'pid' ? '-p' : '-s';
    return execFileSync('lxc-info', ['-P', this.containers, '-n', container, key, '-H'], {
      encoding: 'utf8',
    }).trim();
  }

  /** Ends all that is in a container, behind Heddle's back. */
  killInside(container: string): void {
    execFileSync('lxc-stop', ['-P', this.containers, '-n', container, '-k']);
  }

  override leftovers(project: string): string[] {
    const folders = ['containers', 'volumes', 'exits'].flatMap((name) => {
      const folder = path.join(this.stateDir, 'lxc', name);
      return existsSync(folder) ? readdirSync(folder) : [];
    });
    const namespaces = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
    const named = [...folders, ...namespaces].filter((name) =>
      name.replace(/^heddle-/, '').startsWith(project),
    );
    return [...named, ...this.#strays()];
  }

  /** Root file systems and cgroups of containers that are there no more, whosever they were. */
  #strays(): string[] {
    const records = existsSync(this.containers) ? readdirSync(this.containers) : [];
    const known = records.flatMap((name) => {
      const file = path.join(this.containers, name, 'heddle.json');
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { id: string }).id : [];
    });
    const listed = execFileSync('buildah', ['ps', '-a', '--notruncate', '--format', '{{.ContainerName}}'], {
      encoding: 'utf8',
    });
    const root = '/sys/fs/cgroup';
    const places = [root, ...readdirSync(root).map((name) => path.join(root, name))];
    const cgroups = places.flatMap((place) => (statSync(place).isDirectory() ? readdirSync(place) : []));
    return [...listed.split('\n'), ...cgroups].filter((name) => {
      const [, id] = /^(?:lxc\.(?:payload|monitor)\.)?([0-9a-f]{64})$/.exec(name) ?? [];
      return id !== undefined && !known.includes(id);
    });
  }
}
