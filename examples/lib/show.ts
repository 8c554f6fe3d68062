/** What a reader of the demo sees: headings, commands with their output, and figures. */
export function say(text: string): void {
  console.log(`\n— ${text}`);
}

export function print(where: string, command: readonly string[], output: string): void {
  console.log(`${where}$ ${command.join(' ')}\n${output.trimEnd()}`);
}

export function note(text: string): void {
  console.log(`  ${text}`);
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** @throws Error when a command did not print what it should have */
export function expectText(what: string, printed: string, wanted: string | RegExp): void {
  const isThere = typeof wanted === 'string' ? printed.trim() === wanted : wanted.test(printed);
  if (!isThere) throw new Error(`${what}: expected ${wanted}, and it was:\n${printed.trim().slice(0, 400)}`);
}
