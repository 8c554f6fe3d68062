import { existsSync, readFileSync } from 'node:fs';
import { replaceFile } from '../../lib/replace-file.ts';
import type { ExecResult } from '../console.ts';
import type { ObservedContainer } from '../observed.ts';
import type { LxcFolders } from './folders.ts';
import type { LxcRecord } from './record.ts';
import { stateOf } from './state.ts';

export type HealthState = NonNullable<ObservedContainer['health']>;

interface Checked {
  /** Of the run that it is of: milliseconds since 1970. */
  readonly startedAt: number;
  readonly state: HealthState;
  /** Checks that failed one after the other. */
  readonly failing: number;
}

type Exec = (name: string, command: readonly string[], timeout: number) => Promise<ExecResult>;

/** Health checks as Docker counts them: healthy by one that passes, unhealthy by as many failures in a row as are said. */
export class LxcHealthChecks {
  readonly #folders: LxcFolders;
  readonly #exec: Exec;

  constructor(folders: LxcFolders, exec: Exec) {
    this.#folders = folders;
    this.#exec = exec;
  }

  /** As it was found last, of the run that began then (milliseconds since 1970). */
  of({ name }: LxcRecord, startedAt: number | undefined): HealthState {
    const found = this.#read(name);
    return found?.startedAt === startedAt ? (found?.state ?? 'starting') : 'starting';
  }

  /** Checks once; whether its state is another now. */
  async check(record: LxcRecord): Promise<boolean> {
    const { health, name } = record;
    const { startedAt, state } = await stateOf(record, this.#folders);
    if (!health || startedAt === undefined || state !== 'running') return false;
    const [kind, ...words] = health.test;
    const command = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : words;
    const isWell = await this.#exec(name, command, health.timeout).then(
      ({ exitCode }) => exitCode === 0,
      () => false,
    );
    // It may have been started again meanwhile.
    if ((await stateOf(record, this.#folders)).startedAt !== startedAt) return false;
    const found = this.#read(name);
    const before = found?.startedAt === startedAt ? found : { state: 'starting' as const, failing: 0 };
    const isEarly = before.state === 'starting' && Date.now() - startedAt < health.startPeriod;
    const failing = isWell || isEarly ? 0 : before.failing + 1;
    const now = isWell ? 'healthy' : failing >= health.retries ? 'unhealthy' : before.state;
    const checked: Checked = { startedAt, state: now, failing };
    replaceFile(this.#folders.of(name).health, JSON.stringify(checked), 0o600);
    return now !== before.state;
  }

  #read(name: string): Checked | undefined {
    const { health } = this.#folders.of(name);
    if (!existsSync(health)) return undefined;
    try {
      return JSON.parse(readFileSync(health, 'utf8')) as Checked;
    } catch {
      return undefined;
    }
  }
}
