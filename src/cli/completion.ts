import type { Argument, Command, Option } from 'commander';

/** What is being typed at the end of a command line. */
export interface CompletionPoint {
  readonly command: Command;
  /** The arguments before it. */
  readonly args: readonly string[];
  /** Values of the options before it, by the names that commander gives them. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** The option whose value it is, if it is one. */
  readonly option?: Option;
  /** What has been typed of it. */
  readonly typed: string;
  /** What stands before it in the same word: `--format=`. */
  readonly before: string;
}

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What has been read of a command line. */
interface Read {
  command: Command;
  readonly args: string[];
  readonly options: Record<string, string[]>;
  /** The option whose value comes next. */
  option?: Option | undefined;
}

/** Finds out what the last of the words is, the others being whole. */
export function placeOf(program: Command, words: readonly string[]): CompletionPoint {
  const read: Read = { command: program, args: [], options: {} };
  for (const word of words.slice(0, -1)) take(read, word);
  const { command, args, options, option } = read;
  const last = words.at(-1) ?? '';
  const place = { command, args, options, typed: last, before: '' };
  if (option) return { ...place, option };
  const { found, value } = optionIn(command, last);
  if (!found || value === undefined || isPassedOn(command, args)) return place;
  return { ...place, option: found, typed: value, before: last.slice(0, last.length - value.length) };
}

function take(read: Read, word: string): void {
  const { command, args, option } = read;
  if (option) {
    note(read, option, word);
    read.option = undefined;
  } else if (word.startsWith('-') && !isPassedOn(command, args)) {
    const { found, value } = optionIn(command, word);
    if (found?.required && value === undefined) read.option = found;
    else if (found && value !== undefined) note(read, found, value);
  } else {
    const child =
      args.length === 0
        ? command.commands.find((one) => [one.name(), ...one.aliases()].includes(word))
        : undefined;
    if (child) read.command = child;
    else args.push(word);
  }
}

function note({ options }: Read, option: Option, value: string): void {
  const name = option.attributeName();
  options[name] = [...(options[name] ?? []), value];
}

/** The argument at a place; the last one may stand for several. */
export function argumentAt({ command, args }: CompletionPoint): Argument | undefined {
  const declared = command.registeredArguments;
  const last = declared.at(-1);
  return declared[args.length] ?? (last?.variadic ? last : undefined);
}

/** The candidates that follow from the command line alone: commands, options, and values that are listed. */
export function listedCandidates(place: CompletionPoint): Candidate[] {
  const { command, args, option, typed } = place;
  if (option) return (option.argChoices ?? []).map(plain);
  if (isPassedOn(command, args)) return [];
  const help = command.createHelp();
  if (typed.startsWith('-')) {
    return help
      .visibleOptions(command)
      .flatMap(({ long, short, description }) =>
        [long, short].flatMap((value) => (value ? [{ value, description }] : [])),
      );
  }
  const commands = args.length === 0 ? help.visibleCommands(command) : [];
  return [
    ...commands.map((child) => ({ value: child.name(), description: child.description() })),
    ...(argumentAt(place)?.argChoices ?? []).map(plain),
  ];
}

/** Those that begin with what was typed, in whole words, each once. */
export function matching({ typed, before }: CompletionPoint, candidates: readonly Candidate[]): Candidate[] {
  const found = new Map(
    candidates
      .filter(({ value }) => value.startsWith(typed))
      .map(({ value, description }) => [value, { value: `${before}${value}`, description }]),
  );
  return [...found.values()];
}

function plain(value: string): Candidate {
  return { value, description: '' };
}

/** Behind the service of `exec`, everything is the command's own. */
function isPassedOn(command: Command, args: readonly string[]): boolean {
  return (
    args.length > 0 && (command as Command & { _passThroughOptions?: boolean })._passThroughOptions === true
  );
}

function optionIn(command: Command, word: string): { found?: Option | undefined; value?: string } {
  if (!word.startsWith('-')) return {};
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  const name = equals < 0 ? word : word.slice(0, equals);
  const found = command.options.find(({ long, short }) => long === name || short === name);
  return equals < 0 ? { found } : { found, value: word.slice(equals + 1) };
}
