import { Argument, Command } from 'commander';
import type { Candidate } from '../completion.ts';

type Shell = keyof typeof import('../completion-scripts.ts').completionScripts;

export function completion(): Command {
  return new Command('completion')
    .description('Print a script that completes heddle’s commands in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
For every shell to come:
  bash  echo 'source <(heddle completion bash)' >> ~/.bashrc
  zsh   echo 'source <(heddle completion zsh)' >> ~/.zshrc     (behind compinit)
  fish  heddle completion fish > ~/.config/fish/completions/heddle.fish`,
    )
    .action(async (shell: Shell) => {
      const { completionScripts } = await import('../completion-scripts.ts');
      process.stdout.write(completionScripts[shell]);
    });
}

/** What the scripts ask: the words of a command line up to the cursor. Never fails, whatever is typed. */
export function complete(program: () => Command): Command {
  return new Command('__complete').argument('[words...]').action(async (words: string[]) => {
    const [{ listedCandidates, matching, placeOf }, { namedCandidates }] = await Promise.all([
      import('../completion.ts'),
      import('../completion-names.ts'),
    ]);
    const place = placeOf(program(), words.length > 0 ? words : ['']);
    const named = await namedCandidates(place).catch(() => []);
    const lines =
      typeof named === 'string'
        ? [`:${named}`]
        : matching(place, [...listedCandidates(place), ...named]).map(lineOf);
    for (const line of lines) process.stdout.write(`${line}\n`);
  });
}

function lineOf({ value, description }: Candidate): string {
  return `${value}\t${description.replaceAll(/\s+/g, ' ')}`;
}
