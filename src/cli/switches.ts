import { Command } from 'commander';

/** A command whose switches may be written with a value, as Docker's may: `--rm=true`, `--interactive=false`. */
export class SwitchingCommand extends Command {
  override parseOptions(words: string[]): ReturnType<Command['parseOptions']> {
    return super.parseOptions(this.#plain(words));
  }

  #plain(words: readonly string[]): string[] {
    // Behind the first argument of `exec` and `run`, everything is the program's own.
    const passes = (this as Command & { _passThroughOptions?: boolean })._passThroughOptions === true;
    const first = words.findIndex((word) => word === '--' || (passes && !word.startsWith('-')));
    const own = first < 0 ? words : words.slice(0, first);
    return [...own.flatMap((word) => this.#switched(word)), ...words.slice(own.length)];
  }

  #switched(word: string): string[] {
    const [, name, value] = /^--([a-zA-Z-]+)=(true|false)$/.exec(word) ?? [];
    const positive = this.options.find(({ long }) => long === `--${name}`);
    const negative = this.options.find(({ long }) => long === `--no-${name}`);
    const isSwitch = (positive && !positive.required && !positive.optional) || (!positive && negative);
    if (name === undefined || !isSwitch) return [word];
    if (value === 'true') return positive ? [`--${name}`] : [];
    return negative ? [`--no-${name}`] : [];
  }
}
