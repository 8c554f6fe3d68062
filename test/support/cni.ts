import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { packaging, root } from './installed.ts';

/** The doors' program, as it is in the package. */
export const doorProgram = path.join(packaging, '../dist/shim/heddle-door');

export interface CniOutcome {
  readonly code: number | null;
  /** What was printed, as JSON; nothing where nothing was. */
  readonly said: Record<string, unknown> | undefined;
}

type Conf = Readonly<Record<string, unknown>> & { readonly type: string };

/** What a container runtime does with CNI: it calls plugins, one after the other (CNI 1.1, section 3). */
export class CniRuntime {
  readonly #folder: string;
  readonly #enter: readonly [program: string, args: readonly string[]];
  readonly #env: Readonly<Record<string, string>>;

  /** @param enter what a plugin is run by, to be on another host */
  constructor(
    folder: string,
    socket: string,
    enter: readonly [program: string, args: readonly string[]] = ['env', []],
  ) {
    this.#folder = folder;
    this.#enter = enter;
    this.#env = { PATH: process.env['PATH'] ?? '', CNI_PATH: folder, HEDDLE_SOCKET: socket };
    mkdirSync(folder, { recursive: true });
    copyFileSync(doorProgram, `${folder}/heddle`);
    for (const plugin of ['tuning', 'portmap', 'bandwidth'])
      copyFileSync(path.join(root, '.cache/tools', plugin), `${folder}/${plugin}`);
  }

  /** Calls one plugin. */
  call(command: string, conf: Conf, of: Readonly<Record<string, string>> = {}): CniOutcome {
    const [program, args] = this.#enter;
    const { status, stdout } = spawnSync(program, [...args, `${this.#folder}/${conf.type}`], {
      input: JSON.stringify(conf),
      env: { ...this.#env, ...of, CNI_COMMAND: command },
      encoding: 'utf8',
    });
    return { code: status, said: stdout.trim() === '' ? undefined : JSON.parse(stdout) };
  }

  /** Adds a container to a network by all its plugins, and returns the result of the last. */
  add(plugins: readonly Conf[], of: Readonly<Record<string, string>>): CniOutcome {
    let outcome: CniOutcome = { code: 0, said: undefined };
    for (const conf of plugins) {
      outcome = this.call('ADD', { ...conf, ...(outcome.said && { prevResult: outcome.said }) }, of);
      if (outcome.code !== 0) return outcome;
    }
    return outcome;
  }

  /** The same of removing it, and of checking it, which begins at the front. */
  all(
    command: 'DEL' | 'CHECK',
    plugins: readonly Conf[],
    of: Readonly<Record<string, string>>,
    prevResult?: unknown,
  ): CniOutcome[] {
    const order = command === 'DEL' ? [...plugins].reverse() : plugins;
    return order.map((conf) =>
      this.call(command, { ...conf, ...(prevResult !== undefined && { prevResult }) }, of),
    );
  }
}

/** Who a container is, to a plugin. */
export function container(id: string, namespace: string): Record<string, string> {
  return { CNI_CONTAINERID: id, CNI_NETNS: `/run/netns/${namespace}`, CNI_IFNAME: 'eth0' };
}

/** What of Heddle's networks is on a host. */
export function heddleLinks(
  enter: readonly [program: string, args: readonly string[]] = ['env', []],
): string[] {
  const [program, args] = enter;
  const text = execFileSync(program, [...args, 'ip', '-j', 'link', 'show'], { encoding: 'utf8' });
  return (JSON.parse(text) as { ifname: string }[])
    .map(({ ifname }) => ifname)
    .filter((name) => /^h[bip][0-9a-f]{12}$/.test(name));
}
