import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../../lib/log.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFileSoon } from '../../lib/replace-file.ts';
import type { ControllerState } from '../delivery/messages.ts';
import { readControllerState } from '../delivery/read.ts';
import type { Distances } from '../distance/distances.ts';
import type { Holdings, HoldingsKeeper } from '../grants/holders.ts';
import type { Views } from '../view/views.ts';

/** Milliseconds between two looks at whether there is something new to keep. */
const every = 5000;
const limit = { bytes: 64 << 20 };

export interface ControllerStateOptions {
  readonly file: string;
  readonly distances: Distances;
  readonly views: Views;
  readonly holdings: HoldingsKeeper;
  readonly log: Log;
}

/**
 * The distances that choices were made by, the choices that do not follow from them, and who has which names and ports, on
 * disk: a controller that starts again chooses as before, and not by what is declared until gateways have told anew what they
 * measured; and nobody gets what another had.
 */
export class ControllerStateFile {
  readonly #options: ControllerStateOptions;
  #text: string | undefined;
  /** Choices and holdings as they were written last. */
  #last: (Required<Pick<ControllerState, 'kept' | 'holdings'>> & { readonly text: string }) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #keeping: Promise<void> | undefined;

  constructor(options: ControllerStateOptions) {
    this.#options = options;
  }

  /** Takes what was kept, if anything was; from now on keeps what there is. */
  begin(): void {
    const { distances, views, holdings } = this.#options;
    const found = this.#read();
    if (found) {
      for (const [site, report] of Object.entries(found.reports))
        if (site in views.places.sites) distances.update(site, report);
      views.recall(found.kept);
      holdings.recall(found.holdings ?? {});
    }
    this.#timer = setInterval(() => {
      this.#keeping ??= this.#keep().finally(() => {
        this.#keeping = undefined;
      });
    }, every).unref();
  }

  /** Keeps what there is for the last time. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keeping;
    await this.#keep();
  }

  #read(): ControllerState | undefined {
    const { file, log } = this.#options;
    try {
      const text = readBounded(file, limit).toString();
      const found = readControllerState(text);
      if (!found) throw new Error('it is not whole, or of another version');
      this.#text = text;
      return found;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        log.warn(
          { file, problem: (error as Error).message },
          'stored controller state cannot be read; starting without the last distances and choices',
        );
      return undefined;
    }
  }

  /** There may be much of them, and they are different seldom. */
  #choices(kept: ControllerState['kept'], holdings: Holdings): string {
    const last = this.#last;
    if (last?.kept === kept && last.holdings === holdings) return last.text;
    const text = `"kept":${JSON.stringify(kept)},"holdings":${JSON.stringify(holdings)}`;
    this.#last = { kept, holdings, text };
    return text;
  }

  /** Without a pause for whoever has to give signs of life meanwhile. */
  async #keep(): Promise<void> {
    const { file, distances, views, holdings, log } = this.#options;
    const reports = [...distances.reports()].filter(([site]) => site in views.places.sites);
    const known: Pick<ControllerState, 'reports'> = { reports: Object.fromEntries(reports) };
    const text = `{"format":1,"reports":${JSON.stringify(known.reports)},${this.#choices(views.kept(), holdings.kept())}}`;
    if (text === this.#text) return;
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await replaceFileSoon(file, text, 0o600, { flush: true });
      this.#text = text;
    } catch (error) {
      log.warn(
        { file, problem: (error as Error).message },
        'controller state (distances and choices) cannot be written',
      );
    }
  }
}
