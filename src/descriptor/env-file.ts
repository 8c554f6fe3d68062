import type { Location } from '../lib/errors.ts';
import { displayPath } from './display-path.ts';
import { type Assignment, parseDotenv } from './env/dotenv.ts';
import type { Lookup } from './env/interpolate.ts';
import { type ReadingRoom, readText } from './read-text.ts';

interface EnvFileOptions {
  /** Whether it is an error that there is no such file. */
  readonly required: boolean;
  readonly lookup: Lookup;
  /** `format: raw`: what is behind the first `=` is the value, whatever it is. */
  readonly raw?: boolean;
  readonly kind?: 'environment' | 'label';
  /** Where the file is named. */
  readonly askedAt?: Location;
}

/** The assignments of an environment file; problems are reported with their line. */
export function readEnvFile(path: string, options: EnvFileOptions, room: ReadingRoom): Assignment[] {
  const { required, lookup, raw = false, kind = 'environment', askedAt } = options;
  const text = readText(path, `the ${kind} file`, required, room, askedAt);
  if (text === undefined) return [];
  const place = (line: number): Location => ({ file: displayPath(path, room.cwd), line, column: 1 });
  const onProblem = ({ line, message }: { line: number; message: string }) =>
    room.findings.error('ERR_ENV_FILE', message, place(line));
  const onUnset = (name: string, line: number) => room.findings.unset(name, place(line));
  const assignments = raw
    ? rawAssignments(text, onProblem)
    : parseDotenv(text, lookup, { onProblem, onUnset });
  room.findings.spend('variables', assignments.length, askedAt ?? place(1));
  return assignments;
}

function rawAssignments(
  text: string,
  onProblem: (problem: { line: number; message: string }) => void,
): Assignment[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((whole, i): Assignment[] => {
    const line = i + 1;
    const written = whole.trimStart();
    if (written === '' || written.startsWith('#')) return [];
    const cut = written.indexOf('=');
    const name = cut === -1 ? written : written.slice(0, cut);
    if (name === '' || /[\s\0]/.test(name)) {
      onProblem({ line, message: `${JSON.stringify(name.slice(0, 40))} is no name of a variable` });
      return [];
    }
    return [cut === -1 ? { name, line } : { name, value: written.slice(cut + 1), line }];
  });
}
