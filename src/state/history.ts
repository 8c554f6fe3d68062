import { renameSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { HeddleError, isHeddleError } from '../lib/errors.ts';
import { failureOf, inTransaction, openDatabase } from './database.ts';

/** Who a figure is about. */
export interface Subject {
  /** The engine's id of a container; `node` for the node itself. */
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly pod: string;
  /** `application`, `agent`, `collector`, `sandbox` or `node`. */
  readonly role: string;
  readonly service?: string;
  readonly feature?: string;
}

/** What a subject had used by a moment. Counters begin at 0 whenever the subject starts. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Seconds of CPU. */
  readonly cpu: number;
  /** Bytes in memory at that moment. */
  readonly memory: number;
  /** Bytes. */
  readonly sent: number;
  readonly received: number;
}

/** That an address was a pod's for some time. */
export interface AddressAssignment {
  readonly address: string;
  readonly pod: string;
  readonly service?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Last seen so. */
  readonly until: number;
}

/** Milliseconds that samples are kept, and that it is remembered whose an address was. */
const samplesKept = 48 * 3_600_000;
const assignmentsKept = 8 * 86_400_000;
/** Milliseconds between two times that somebody looks whose they are, at the most. */
const noted = 60_000;

const migrations = [
  // May be there already: files had no version at first.
  `
  CREATE TABLE IF NOT EXISTS subject (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, pod TEXT NOT NULL, role TEXT NOT NULL,
    service TEXT, feature TEXT, seen INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX IF NOT EXISTS subject_project ON subject (project);
  CREATE TABLE IF NOT EXISTS sample (
    id TEXT NOT NULL, time INTEGER NOT NULL, cpu REAL NOT NULL, memory INTEGER NOT NULL,
    sent INTEGER NOT NULL, received INTEGER NOT NULL, PRIMARY KEY (id, time)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE IF NOT EXISTS tenure (
    project TEXT NOT NULL, address TEXT NOT NULL, pod TEXT NOT NULL, service TEXT,
    since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (project, address, since)
  ) WITHOUT ROWID, STRICT;
`,
];

/**
 * What the node has measured, and whose the addresses were, in one SQLite file (0600): it survives a restart of the
 * node, and is bounded by age. It can be lost without harm: a file that is damaged, or
 * of a newer version, is put aside and a new one begun.
 */
export class History {
  readonly #db: DatabaseSync;
  /** Why the file that was there was put aside. */
  readonly aside: HeddleError | undefined;

  constructor(file: string) {
    const { db, aside } = open(file);
    this.#db = db;
    this.aside = aside;
  }

  /** Records samples of one moment, all or none. */
  record(samples: readonly { readonly subject: Subject; readonly sample: Sample }[]): void {
    const subject = this.#db.prepare(
      `INSERT INTO subject (id, project, name, pod, role, service, feature, seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET seen = excluded.seen`,
    );
    const sample = this.#db.prepare('INSERT OR REPLACE INTO sample VALUES (?, ?, ?, ?, ?, ?)');
    inTransaction(this.#db, () => {
      for (const { subject: one, sample: figures } of samples) {
        const { id, project, name, pod, role, service = null, feature = null } = one;
        subject.run(id, project, name, pod, role, service, feature, figures.time);
        sample.run(id, figures.time, figures.cpu, figures.memory, figures.sent, figures.received);
      }
    });
  }

  /** Each subject of a project with its samples since a moment, and the last one before it; the oldest first. */
  samples(project: string, since: number): { readonly subject: Subject; readonly samples: Sample[] }[] {
    const subjects = this.#db
      .prepare('SELECT * FROM subject WHERE project = ? AND seen >= ? ORDER BY name')
      .all(project, since) as unknown as SubjectRow[];
    const select = this.#db.prepare(
      `SELECT time, cpu, memory, sent, received FROM sample
       WHERE id = ? AND time >= coalesce((SELECT max(time) FROM sample WHERE id = ? AND time < ?), 0) ORDER BY time`,
    );
    return subjects.map((row) => ({
      subject: fromRow(row),
      samples: select.all(row.id, row.id, since) as unknown as Sample[],
    }));
  }

  /** Notes that these addresses are these pods' now. */
  hold(project: string, holders: readonly Omit<AddressAssignment, 'until'>[], now: number): void {
    const upsert = this.#db.prepare(
      `INSERT INTO tenure (project, address, pod, service, since, until) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET pod = excluded.pod, service = excluded.service, until = excluded.until`,
    );
    inTransaction(this.#db, () => {
      for (const { address, pod, service = null, since } of holders) {
        upsert.run(project, address, pod, service, since, now);
      }
    });
  }

  /** Whose the addresses of a project were since a moment; they are noted from time to time, and so last a little longer. */
  assignments(project: string, since: number): AddressAssignment[] {
    const rows = this.#db
      .prepare(
        'SELECT address, pod, service, since, until FROM tenure WHERE project = ? AND until >= ? ORDER BY since',
      )
      .all(project, since - noted) as unknown as AssignmentRow[];
    return rows.map(({ service, ...rest }) => ({ ...rest, ...(service !== null && { service }) }));
  }

  /** Forgets what is older than it is kept for. */
  prune(now: number): void {
    inTransaction(this.#db, () => {
      this.#db.prepare('DELETE FROM sample WHERE time < ?').run(now - samplesKept);
      this.#db.prepare('DELETE FROM subject WHERE seen < ?').run(now - samplesKept);
      this.#db.prepare('DELETE FROM tenure WHERE until < ?').run(now - assignmentsKept);
    });
  }

  forget(project: string): void {
    inTransaction(this.#db, () => {
      this.#db
        .prepare('DELETE FROM sample WHERE id IN (SELECT id FROM subject WHERE project = ?)')
        .run(project);
      this.#db.prepare('DELETE FROM subject WHERE project = ?').run(project);
      this.#db.prepare('DELETE FROM tenure WHERE project = ?').run(project);
    });
  }

  close(): void {
    this.#db.close();
  }
}

type AssignmentRow = Omit<AddressAssignment, 'service'> & { readonly service: string | null };
type SubjectRow = Omit<Subject, 'service' | 'feature'> & {
  readonly service: string | null;
  readonly feature: string | null;
};

function fromRow({ id, project, name, pod, role, service, feature }: SubjectRow): Subject {
  return {
    id,
    project,
    name,
    pod,
    role,
    ...(service !== null && { service }),
    ...(feature !== null && { feature }),
  };
}

// After a power cut the last moments may be missing; a kill of the node loses nothing.
const pragmas = ['journal_mode = WAL', 'synchronous = NORMAL'];

function open(file: string): { db: DatabaseSync; aside?: HeddleError } {
  try {
    return { db: openDatabase(file, pragmas, migrations) };
  } catch (cause) {
    const newer = isHeddleError(cause, 'ERR_STATE_NEWER');
    const error = newer
      ? cause
      : new HeddleError('ERR_STATE', `${file}: ${(cause as Error).message}`, { cause });
    if (!newer && failureOf(cause) !== 'damaged') throw error;
    renameSync(file, `${file}.${newer ? 'newer' : 'damaged'}`);
    return { db: openDatabase(file, pragmas, migrations), aside: error };
  }
}
