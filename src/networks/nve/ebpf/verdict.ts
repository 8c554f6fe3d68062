/** What libbpf prints is long: of what the verifier has said, only the end says why. */
const longest = 1000;

/**
 * Why the kernel did not take a program, in a line: which function, where in its source, and what it did. Pure. `said`: what
 * libbpf printed, with the log of the kernel's verifier.
 */
export function verdictOf(said: string): string {
  const name = /prog '(\w+)': BPF program load failed/.exec(said)?.[1];
  const log = /-- BEGIN PROG LOAD LOG --\n([\s\S]*?)(?:\nlibbpf: )?-- END PROG LOAD LOG --/.exec(said)?.[1];
  if (name === undefined || log === undefined) return said.slice(-longest).trim();
  const lines = log.split('\n').filter((line) => line !== '' && !line.startsWith('processed '));
  // `; return data[3]; @ own.c:7`, before the instructions that were made of it; older programs say no place.
  const source = lines.findLast((line) => line.startsWith('; '));
  const [, text = '', place] = /^; (.*?)(?: @ (\S+:\d+))?$/.exec(source ?? '') ?? [];
  const where = [place, text && `\`${text.trim()}\``].filter(Boolean).join(' ');
  return `${name}${where && `, ${where}`}: ${lines.at(-1)?.trim() ?? 'no reason'}`.slice(0, longest);
}
