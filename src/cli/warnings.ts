import { type Diagnostic, formatDiagnostic } from '../lib/errors.ts';

/** A command may read its files in several steps: a warning is worth one line. */
const told = new Set<string>();

/** Says on standard error what was found that stops nothing. */
export function tell(warnings: readonly Diagnostic[]): void {
  for (const warning of warnings.map(formatDiagnostic)) {
    if (!told.has(warning)) process.stderr.write(`${warning}\n`);
    told.add(warning);
  }
}
