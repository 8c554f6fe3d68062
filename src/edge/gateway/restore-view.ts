import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { ViewStore } from '../view/view-store.ts';
import { ViewJournal } from './view-journal.ts';

export interface RestoreOptions {
  /** Whose view it has to be; not given: of any site. */
  readonly site?: string;
  /** Where the view is kept. */
  readonly file: string;
  readonly log: Log;
}

/**
 * Gives a store the view that was kept, if one was, and keeps what the store receives from then on. What cannot be kept is
 * used all the same.
 * @throws HeddleError ERR_STATE when the file cannot be read, or is of another site
 */
export function restoreView(store: ViewStore, { site, file, log }: RestoreOptions): void {
  const journal = new ViewJournal(file);
  const { changes, problem } = journal.load();
  const first = changes[0]?.message;
  const kept = first?.kind === 'snapshot' ? first.view.site : undefined;
  if (kept !== undefined && kept !== (site ?? kept)) {
    throw new HeddleError('ERR_STATE', `the state folder holds the view of ${kept}, not of ${site}`, {
      hint: 'give each gateway a folder of its own',
    });
  }
  // Folded first, and told once: what was found out about a copy is not for each step of what was.
  const folded = new ViewStore();
  for (const change of changes) folded.restore(change);
  const message = folded.snapshot();
  if (message) store.restore({ message, serial: folded.serial });
  if (problem) log.warn({ problem }, 'stored view is incomplete; its readable part is used');
  store.subscribe({
    changed: (change) => {
      try {
        journal.keep(change, () => store.snapshot());
      } catch (error) {
        log.error(
          { file, error: (error as Error).message },
          'the view is used, but cannot be written to disk',
        );
      }
    },
  });
}
