import type { OperationEvent } from '../api/messages.ts';
import { printError } from './output/errors.ts';
import { showProgress } from './output/progress.ts';

/** Shows how images come or go. `tolerant`: what failed is named, and is no failure of the command. */
export async function transfer(
  events: AsyncIterable<OperationEvent>,
  { quiet, tolerant }: { readonly quiet: boolean; readonly tolerant: boolean },
): Promise<void> {
  try {
    await showProgress(events, quiet);
  } catch (error) {
    if (!tolerant) throw error;
    printError(error);
  }
}
