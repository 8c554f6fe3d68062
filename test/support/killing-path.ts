import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Programs by which a networking service changes the host. */
const programs = ['nsenter', 'ip', 'nft', 'dnsmasq', 'bpftool', 'mount', 'umount'];

/**
 * A folder to be the first of PATH: its programs are the real ones, and the process that calls them for the Nth time, counted
 * over all, is killed -9 before or after.
 */
export class KillingPath implements AsyncDisposable {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-killing-'));

  constructor(command: number, when: 'before' | 'after') {
    for (const program of programs) {
      const real = execFileSync('which', [program], { encoding: 'utf8' }).trim();
      const kill = `[ "$count" = ${command} ] && { touch "${this.#killed}"; kill -9 $PPID; }`;
      // What another of these runs is its own command, and counts no second time.
      const script = `#!/bin/sh
[ -n "$HEDDLE_KILLING" ] && exec "${real}" "$@"
# What listens for as long as the service lives is no command.
case " $* " in *" monitor "*) exec "${real}" "$@" ;; esac
export HEDDLE_KILLING=1
exec 9>"${this.#folder}/lock"; flock 9
count=$(($(cat "${this.#folder}/count" 2>/dev/null || echo 0) + 1)); echo $count >"${this.#folder}/count"
exec 9>&-
${when === 'before' ? `${kill} && exit 1` : ''}
"${real}" "$@"; code=$?
${when === 'after' ? kill : ''}
exit $code
`;
      writeFileSync(path.join(this.#folder, program), script, { mode: 0o755 });
    }
  }

  get environment(): Record<string, string> {
    return { PATH: `${this.#folder}:${process.env['PATH']}` };
  }

  get hasKilled(): boolean {
    return existsSync(this.#killed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true });
  }

  get #killed(): string {
    return path.join(this.#folder, 'killed');
  }
}
