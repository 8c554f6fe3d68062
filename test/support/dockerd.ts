import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './until.ts';

/** Some of what dockerd and containerd write has a fixed place: theirs is a file system of their own there. */
const privately = [
  'mount -t tmpfs tmpfs /run',
  'mount -t tmpfs tmpfs /opt',
  'mkdir -p /run/docker/plugins',
  'mount --bind "$0" /run/docker/plugins',
  'exec "$@"',
].join(' && ');

/**
 * A dockerd of the tests' own: in a network namespace, with its own data, containerd and sockets, which nothing else on
 * this machine sees. There is no way out of the namespace: images come from an archive.
 */
export class Dockerd {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-dockerd-'));
  readonly #name = path.basename(this.#folder);
  readonly #namespace = `/run/netns/${this.#name}`;
  readonly #log = path.join(this.#folder, 'log');
  readonly address = `unix://${this.#folder}/docker.sock`;
  /** Where it listens with TLS, in its own namespace, and the folder with the certificates for that. */
  readonly tls = { address: 'tcp://127.0.0.1:2376', certificates: `${this.#folder}/tls` };
  /** Where it looks for plugins: what is there, it has in its place. */
  readonly plugins = `${this.#folder}/plugins`;
  /** The folder for what `docker login` would leave. */
  readonly config = `${this.#folder}/config`;
  #pid: number | undefined;

  /** A command as it is run on the host that this dockerd serves. */
  inside(program: string, ...args: readonly string[]): [program: string, args: string[]] {
    return ['nsenter', [`--net=${this.#namespace}`, '--', program, ...args]];
  }

  /** Of its host, as `ip netns` has it. */
  get namespace(): string {
    return this.#name;
  }

  runs(): boolean {
    return this.#pid !== undefined;
  }

  async start(): Promise<void> {
    if (!existsSync(this.#namespace)) {
      ip('netns', 'add', this.#name);
      ip('-n', this.#name, 'link', 'set', 'lo', 'up');
    }
    // Known to the configuration only: the key would go to /etc.
    writeFileSync(
      `${this.#folder}/daemon.json`,
      JSON.stringify({ 'deprecated-key-path': `${this.#folder}/key.json` }),
    );
    if (!existsSync(this.tls.certificates)) makeCertificates(this.tls.certificates);
    const log = openSync(this.#log, 'a', 0o600);
    const dockerd = ['dockerd', ...this.#flags()];
    mkdirSync(this.plugins, { recursive: true });
    const wrapped = ['--mount', '--propagation', 'slave', 'sh', '-c', privately, this.plugins, ...dockerd];
    const [program, args] = this.inside('unshare', ...wrapped);
    const child = spawn(program, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.#pid = child.pid;
    await until('dockerd answers', async () => child.exitCode !== null || this.docker('version') !== '');
    if (child.exitCode !== null) throw new Error(`dockerd ended: ${readFileSync(this.#log, 'utf8')}`);
  }

  /** Ends dockerd, which ends its containers before, and then what it could not end: a container that just started. */
  async stop(): Promise<void> {
    const pid = this.#pid;
    if (pid === undefined) return;
    process.kill(pid, 'SIGTERM');
    await until('dockerd has ended', () => !this.#processes().includes(pid));
    this.#pid = undefined;
    await until('all that it ran has ended', () => {
      const left = this.#processes();
      for (const one of left) process.kill(one, 'SIGKILL');
      return left.length === 0;
    });
  }

  /** Runs the docker command, which has to succeed, and returns what it printed. */
  docker(...args: readonly string[]): string {
    return execFileSync('docker', ['--host', this.address, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  /** Gives Docker images that Podman has. */
  load(images: readonly string[]): void {
    const archive = path.join(this.#folder, 'images.tar');
    execFileSync('podman', ['save', '--quiet', '--multi-image-archive', '--output', archive, ...images]);
    this.docker('load', '--quiet', '--input', archive);
    rmSync(archive);
  }

  /** Ends everything that it runs, and fails when something of it is left. */
  async remove(): Promise<void> {
    await this.stop();
    if (existsSync(this.#namespace)) ip('netns', 'del', this.#name);
    removeGroupsOf(this.#name);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #flags(): string[] {
    const folder = this.#folder;
    return [
      `--config-file=${folder}/daemon.json`,
      `--host=${this.address}`,
      `--host=${this.tls.address}`,
      '--tlsverify',
      ...['cacert=ca', 'cert=cert', 'key=key'].map(
        (one) => `--tls${one.replace('=', `=${folder}/tls/`)}.pem`,
      ),
      `--data-root=${folder}/data`,
      `--exec-root=${folder}/exec`,
      `--pidfile=${folder}/pid`,
      // Works with and without systemd, and has a place of its own.
      '--exec-opt=native.cgroupdriver=cgroupfs',
      `--cgroup-parent=/${this.#name}`,
    ];
  }

  /** dockerd, its containerd, and what holds its containers: they name the folder. And what runs in the containers. */
  #processes(): number[] {
    const ours = (pid: number) =>
      read(`/proc/${pid}/cmdline`).includes(this.#folder) || read(`/proc/${pid}/cgroup`).includes(this.#name);
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid && ours(pid));
  }
}

/** One certificate for both ends, as the server and as its client, from an authority of its own. */
function makeCertificates(folder: string): void {
  mkdirSync(folder);
  const make = (name: string, ...args: readonly string[]) => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    const files = [
      '-keyout',
      `${folder}/${name === 'ca' ? 'ca-key' : 'key'}.pem`,
      '-out',
      `${folder}/${name}.pem`,
    ];
    execFileSync('openssl', ['req', '-x509', ...key, ...files, '-subj', `/CN=${name}`, ...args], {
      stdio: 'ignore',
    });
  };
  make('ca');
  const ends = ['subjectAltName=IP:127.0.0.1', 'extendedKeyUsage=serverAuth,clientAuth'];
  const authority = ['-CA', `${folder}/ca.pem`, '-CAkey', `${folder}/ca-key.pem`];
  make('cert', ...authority, ...ends.flatMap((extension) => ['-addext', extension]));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Removes the control groups of that name, one for each controller, which nothing runs in. */
export function removeGroupsOf(name: string): void {
  removeGroups(path.join('/sys/fs/cgroup', name));
  for (const controller of readdirSync('/sys/fs/cgroup'))
    removeGroups(path.join('/sys/fs/cgroup', controller, name));
}

/** Removes a control group that nothing runs in, with those of containers that were killed with what cleans up after them. */
function removeGroups(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removeGroups(path.join(folder, entry.name));
    rmdirSync(folder);
  } catch (error) {
    // There are files among the controllers' folders, and a group whose container ends is removed by its runtime.
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
