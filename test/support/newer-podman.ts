import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './installed.ts';

const programs = path.join(root, '.cache', 'tools', 'podman-5');
const libraries = `${programs}/usr/lib/x86_64-linux-gnu`;

/**
 * A Podman of a newer Debian, whose netavark has plugins: with libraries, networks and containers of its own, and the images of the
 * host's Podman.
 */
export class NewerPodman {
  readonly #folder: string;
  readonly #enter: readonly [program: string, args: readonly string[]];
  /** Where plugins of netavark are looked for. */
  readonly plugins: string;

  /** @param enter what a command is run by, to be on another host */
  constructor(folder: string, enter: readonly [program: string, args: readonly string[]]) {
    this.#folder = folder;
    this.#enter = enter;
    this.plugins = `${folder}/plugins`;
    for (const part of ['plugins', 'helpers', 'networks'])
      mkdirSync(`${folder}/${part}`, { recursive: true });
    this.#wrap('helpers/netavark', 'usr/lib/podman/netavark');
    this.#wrap('podman', 'usr/bin/podman');
    writeFileSync(`${folder}/containers.conf`, this.#configuration());
    writeFileSync(`${folder}/storage.conf`, this.#storage());
  }

  /** Runs it, which has to succeed, and returns what it printed. `environment`: what plugins see besides. */
  podman(environment: Readonly<Record<string, string>>, ...args: readonly string[]): string {
    const [program, before] = this.#enter;
    return execFileSync(program, [...before, `${this.#folder}/podman`, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...environment,
        CONTAINERS_CONF_OVERRIDE: `${this.#folder}/containers.conf`,
        CONTAINERS_STORAGE_CONF: `${this.#folder}/storage.conf`,
      },
    }).trim();
  }

  /** A program with the libraries that it was built for. */
  #wrap(name: string, program: string): void {
    const file = `${this.#folder}/${name}`;
    const loader = `${libraries}/ld-linux-x86-64.so.2`;
    writeFileSync(
      file,
      `#!/bin/sh\nexec ${loader} --library-path ${libraries} --argv0 ${path.basename(name)} ${programs}/${program} "$@"\n`,
    );
    chmodSync(file, 0o755);
  }

  #configuration(): string {
    return [
      '[engine]',
      `helper_binaries_dir=["${this.#folder}/helpers"]`,
      `tmp_dir="${this.#folder}/tmp"`,
      'events_logger="file"',
      '[network]',
      'network_backend="netavark"',
      `netavark_plugin_dirs=["${this.plugins}"]`,
      `network_config_dir="${this.#folder}/networks"`,
      '',
    ].join('\n');
  }

  #storage(): string {
    const ask = (format: string) =>
      execFileSync('podman', ['info', '--format', format], { encoding: 'utf8' }).trim();
    const stores = [ask('{{.Store.GraphRoot}}')];
    const given = process.env['CONTAINERS_STORAGE_CONF'];
    const more = given && /additionalimagestores = \["([^"]+)"\]/.exec(readFileSync(given, 'utf8'))?.[1];
    if (more) stores.push(more);
    return [
      '[storage]',
      `driver = "${ask('{{.Store.GraphDriverName}}')}"`,
      `graphroot = "${this.#folder}/storage"`,
      `runroot = "${this.#folder}/run"`,
      '[storage.options]',
      `additionalimagestores = [${stores.map((store) => `"${store}"`).join(', ')}]`,
      '',
    ].join('\n');
  }
}
