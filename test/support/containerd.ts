import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { until } from './until.ts';

/** ctr(8) looks for CNI in fixed places: what is there is its own, in its own mounts. */
const privately = [
  'mount -t tmpfs tmpfs "$0/etc"',
  'mkdir "$0/etc/up" "$0/etc/work"',
  'mount -t overlay overlay -o "lowerdir=/etc,upperdir=$0/etc/up,workdir=$0/etc/work" /etc',
  'rm -rf /etc/cni/net.d',
  'mkdir -p /etc/cni/net.d',
  'cp "$0/conf.conflist" /etc/cni/net.d/',
  'mount -t tmpfs tmpfs /opt',
  'mkdir /opt/cni',
  'cp -r "$0/plugins" /opt/cni/bin',
  'exec "$@"',
].join(' && ');

/** A containerd of the tests' own, with plugins of CNI and a configuration for them. */
export class Containerd {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  /** Where it has its plugins. */
  readonly plugins: string;

  constructor(folder: string, configuration: object, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#env = { ...process.env, ...env };
    this.plugins = `${folder}/plugins`;
    for (const part of ['etc', 'plugins']) mkdirSync(`${folder}/${part}`, { recursive: true });
    writeFileSync(`${folder}/conf.conflist`, JSON.stringify(configuration));
    const lines = [
      'version = 2',
      `root = "${folder}/root"`,
      `state = "${folder}/state"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      '[grpc]',
      `address = "${folder}/containerd.sock"`,
    ];
    writeFileSync(`${folder}/config.toml`, `${lines.join('\n')}\n`);
  }

  async start(): Promise<void> {
    this.#child = spawn('containerd', ['--config', `${this.#folder}/config.toml`], { stdio: 'ignore' });
    await until('containerd answers', () => existsSync(`${this.#folder}/containerd.sock`));
  }

  /** Gives it an image that Podman has. */
  load(image: string): void {
    const archive = `${this.#folder}/image.tar`;
    execFileSync('podman', ['save', '--quiet', '--output', archive, image]);
    this.ctr('images', 'import', archive);
    rmSync(archive);
  }

  /** Runs ctr, which has to succeed, and returns what it printed. */
  ctr(...args: readonly string[]): string {
    const command = ['ctr', '--address', `${this.#folder}/containerd.sock`, ...args];
    const apart = ['--mount', '--propagation', 'private', 'sh', '-c', privately, this.#folder];
    return execFileSync('unshare', [...apart, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#env,
    }).trim();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}
