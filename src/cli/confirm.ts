import { createInterface } from 'node:readline/promises';

/** Asks on standard error; only a y or yes on standard input is one. */
export async function isConfirmed(question: string): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => reader.on('close', () => resolve('')));
  try {
    const answer = await Promise.race([reader.question(`${question}\nAre you sure? [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
