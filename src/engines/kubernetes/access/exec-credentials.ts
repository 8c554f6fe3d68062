import { Backoff } from '../../../lib/backoff.ts';
import { HeddleError } from '../../../lib/errors.ts';
import type { Credentials, Shown } from './credentials.ts';
import { execInfo, execVersions, type Granted, readExecCredential } from './exec-credential.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig-schema.ts';
import { type PluginCommand, runPlugin } from './plugin-process.ts';

/** Milliseconds until a plugin is run again that failed, or whose answer was refused: at first, and at most. */
const pauses = { first: 1000, longest: 30_000 };

export type RunPlugin = (plugin: PluginCommand) => Promise<string>;

/**
 * What an exec plugin of the kubeconfig answers: run when there is nothing yet, when that has expired, and when the API
 * server refused it; once at a time, however many ask.
 */
export class ExecCredentials implements Credentials {
  readonly #exec: ExecEntry;
  readonly #cluster: ClusterEntry;
  readonly #user: string;
  readonly #run: RunPlugin;
  #granted: Granted | undefined;
  #running: Promise<Shown> | undefined;
  #failure: { readonly error: HeddleError; readonly until: number } | undefined;
  /** When a refused answer may be followed by another run, by `performance.now()`. */
  #notBefore = 0;
  readonly #backoff = new Backoff(pauses.first, pauses.longest);

  /** @param user whose plugin it is, for messages */
  constructor(exec: ExecEntry, cluster: ClusterEntry, user: string, run: RunPlugin = runPlugin) {
    this.#exec = exec;
    this.#cluster = cluster;
    this.#user = user;
    this.#run = run;
  }

  async get(): Promise<Shown> {
    const granted = this.#granted;
    if (granted && (granted.until ?? Number.POSITIVE_INFINITY) > Date.now()) return granted.shown;
    const failure = this.#failure;
    if (failure && performance.now() < failure.until) throw failure.error;
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  refused(shown: Shown): boolean {
    if (this.#granted?.shown !== shown) return true;
    if (performance.now() < this.#notBefore) return false;
    this.#granted = undefined;
    this.#notBefore = performance.now() + this.#backoff.next();
    return true;
  }

  accepted(): void {
    this.#backoff.reset();
  }

  async #ask(): Promise<Shown> {
    try {
      const { apiVersion, command } = this.#command();
      this.#granted = readExecCredential(await this.#run(command), apiVersion);
      this.#failure = undefined;
      return this.#granted.shown;
    } catch (cause) {
      const { command, installHint } = this.#exec;
      const error = new HeddleError(
        'ERR_KUBERNETES',
        `the exec plugin ${command ?? ''} of the user "${this.#user}": ${(cause as Error).message}${installHint ? ` (${installHint.trim().slice(0, 200)})` : ''}`,
        { hint: installHint ?? 'run it as the kubeconfig does, and see what it prints', cause },
      );
      this.#failure = { error, until: performance.now() + this.#backoff.next() };
      throw error;
    }
  }

  #command(): { readonly apiVersion: string; readonly command: PluginCommand } {
    const { apiVersion, command, args, env, provideClusterInfo, interactiveMode } = this.#exec;
    if (!apiVersion || !execVersions.includes(apiVersion))
      throw new Error(
        `its apiVersion is ${apiVersion ?? 'missing'}; it has to be ${execVersions.join(' or ')}`,
      );
    if (interactiveMode === 'Always')
      throw new Error('it wants a terminal (interactiveMode: Always), and nobody sits here');
    if (!command) throw new Error('it has no command');
    const info = execInfo(apiVersion, provideClusterInfo ? this.#cluster : undefined);
    const own = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const all = { ...process.env, ...own, KUBERNETES_EXEC_INFO: info };
    return { apiVersion, command: { command, args: args ?? [], env: all } };
  }
}
