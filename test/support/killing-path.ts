import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Programs by which a networking service changes the host. */
const programs = ['nsenter', 'ip', 'nft', 'dnsmasq', 'bpftool', 'mount', 'umount'];

/**
 * A folder to be the first of PATH: its programs are the real ones, and when it is armed, the process that calls them for the
 * Nth time from then on, counted over all, is killed -9 before or after.
 */
export class KillingPath implements Disposable {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-killing-'));

  constructor() {
    for (const program of programs) {
      const real = execFileSync('which', [program], { encoding: 'utf8' }).trim();
      const kill = (when: 'before' | 'after') =>
        `[ "$count ${when}" = "$armed" ] && { touch "${this.#killed}"; kill -9 $PPID; }`;
      // What another of these runs is its own command, and counts no second time.
      const script = `#!/bin/sh
[ -n "$HEDDLE_KILLING" ] && exec "${real}" "$@"
# What listens for as long as the service lives is no command.
case " $* " in *" monitor "*) exec "${real}" "$@" ;; esac
export HEDDLE_KILLING=1
exec 9>"${this.#folder}/lock"; flock 9
armed=$(cat "${this.#armed}" 2>/dev/null)
count=$(($(cat "${this.#folder}/count" 2>/dev/null || echo 0) + 1)); echo $count >"${this.#folder}/count"
exec 9>&-
${kill('before')} && exit 1
"${real}" "$@"; code=$?
${kill('after')}
exit $code
`;
      writeFileSync(path.join(this.#folder, program), script, { mode: 0o755 });
    }
  }

  /** Whoever gives the Nth command from now on is killed; nobody, when there are fewer. */
  arm(command: number, when: 'before' | 'after'): void {
    for (const file of ['count', 'killed']) rmSync(path.join(this.#folder, file), { force: true });
    writeFileSync(this.#armed, `${command} ${when}`);
  }

  /** Nobody is killed any more. */
  disarm(): void {
    rmSync(this.#armed, { force: true });
  }

  get environment(): Record<string, string> {
    return { PATH: `${this.#folder}:${process.env['PATH']}` };
  }

  get hasKilled(): boolean {
    return existsSync(this.#killed);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  get #armed(): string {
    return path.join(this.#folder, 'armed');
  }

  get #killed(): string {
    return path.join(this.#folder, 'killed');
  }
}
