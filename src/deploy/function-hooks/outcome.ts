import type { HookName } from '../../descriptor/function-hooks.ts';
import { printable } from '../../lib/printable.ts';
import { type Outputs, parseOutputs } from './outputs.ts';

/** What came of a call. Nothing that a hook has put out is in it. */
export interface HookOutcome {
  readonly function: string;
  readonly hook: HookName;
  readonly reason: string;
  /** Milliseconds. */
  readonly took: number;
  readonly failure?: string;
}

/** How a call of a hook ended. */
export type Answer =
  /** `printed`: what it put out; `said`: the last of what it said besides; `isCutOff`: some of the former may have been lost. */
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      readonly printed: string;
      readonly said: string;
      readonly isCutOff: boolean;
    }
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  /** Why there is no answer, in words. */
  | { readonly kind: 'failed'; readonly why: string; readonly said: string };

const unread =
  'it ended before it had read what it is told, and the engine lost what it put out: let it read its standard input to the end';

/** Lines, and characters, of what a hook said that are quoted. */
const quoted = { lines: 5, characters: 1000 } as const;

/** What a call has given, or why it failed. */
export type Result = { readonly outputs: Outputs } | { readonly failure: string };

/** What follows from an answer. Pure. */
export function resultOf(answer: Answer): Result {
  switch (answer.kind) {
    case 'failed':
      return { failure: `${answer.why}${lastWords(answer.said)}` };
    case 'ended': {
      const { exitCode, printed, said, isCutOff } = answer;
      if (exitCode !== 0) return { failure: `it ended with exit code ${exitCode}${lastWords(said)}` };
      // What is there of a map is whole, or none.
      if (isCutOff && printed.trim() === '') return { failure: unread };
      return given(printed, said);
    }
    case 'answered': {
      const { status, body } = answer;
      // No redirect is followed: whoever answers decides about itself, and not about whom else is asked.
      if (status < 200 || status > 299) return { failure: `it answered ${status}${lastWords(body)}` };
      return given(body, '');
    }
  }
}

function given(printed: string, said: string): Result {
  const outputs = parseOutputs(printed);
  return typeof outputs === 'string' ? { failure: `${outputs}${lastWords(said)}` } : { outputs };
}

function lastWords(said: string): string {
  const lines = printable(said.trim()).split('\n').slice(-quoted.lines).join('\n').slice(-quoted.characters);
  return lines === '' ? ', and said nothing' : `, and said last:\n  ${lines.replaceAll('\n', '\n  ')}`;
}
