import type { Command } from 'commander';
import {
  type Format,
  formatOption,
  type NodeOptions,
  type ProjectOptions,
  projectCommand,
} from './command.ts';
import type { Columns } from './output/table.ts';

/** Options of a command that shows what the node knows of an application. */
export interface ListingOptions extends ProjectOptions, NodeOptions {
  readonly format: Format;
}

/** A command that shows what the node knows of an application, as a table or as JSON. */
export function listingCommand(name: string, description: string): Command {
  return projectCommand(name, description).addOption(formatOption());
}

/**
 * What such a command works with: the node, the application's name, how to print rows, and how to read a time (in
 * milliseconds since 1970). Loaded when it runs: a command brings only what it needs.
 *
 * `orNone` waits for an answer, and gives `none` for an application that a file describes and nobody brought up: there is
 * nothing of it to show. A name that no file says may be misspelt, and stays an error.
 */
export async function listing(options: ListingOptions) {
  const [{ namedProject }, { connectNode }, { printRows }, { parseTime }, { isHeddleError }] =
    await Promise.all([
      import('./project-name.ts'),
      import('./node-connection.ts'),
      import('./output/table.ts'),
      import('../lib/time.ts'),
      import('../lib/errors.ts'),
    ]);
  const { name, described } = namedProject(options);
  const now = Date.now();
  return {
    node: connectNode(options),
    project: name,
    orNone: async <Answer>(answer: Promise<Answer>, none: Answer): Promise<Answer> => {
      try {
        return await answer;
      } catch (error) {
        if (described && isHeddleError(error, 'ERR_PROJECT_UNKNOWN')) return none;
        throw error;
      }
    },
    print: <Row extends object>(rows: readonly Row[], columns: Columns<Row>) =>
      printRows(rows, options.format, columns),
    time: (text: string) => parseTime(text, now),
  };
}

export type Listing = Awaited<ReturnType<typeof listing>>;
