import type { Command } from 'commander';
import type { Finding } from '../../node/doctor/finding.ts';
import { type Format, formatOption, type NodeOptions, nodeCommand } from '../command.ts';

export function doctor(): Command {
  return nodeCommand('doctor', 'Check this host, and say what is missing and what that costs')
    .addOption(formatOption())
    .action(async (options: NodeOptions & { format: Format }) => {
      const [{ examine }, { pathsOf }] = await Promise.all([
        import('../../node/doctor/doctor.ts'),
        import('../node-connection.ts'),
      ]);
      const findings = await examine(pathsOf(options));
      if (options.format === 'json') process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
      else await print(findings);
      if (findings.some(({ status }) => status === 'error')) process.exitCode = 1;
    });
}

/** Lines rather than a table: what was found are sentences. */
async function print(findings: readonly Finding[]): Promise<void> {
  const { coloursFor } = await import('../output/colours.ts');
  const pc = coloursFor(process.stdout);
  const marks = { ok: pc.green('✔'), warning: pc.yellow('!'), error: pc.red('✘') };
  for (const { check, status, what, remedy } of findings) {
    process.stdout.write(` ${marks[status]} ${pc.bold(check)}: ${what}\n`);
    if (remedy !== null) process.stdout.write(`     ${remedy}\n`);
  }
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  process.stdout.write(`${count('ok')} ok, ${count('warning')} warnings, ${count('error')} errors\n`);
}
