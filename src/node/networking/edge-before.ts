import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { Turns } from '../../lib/turns.ts';
import { edgeDrivers } from '../../networks/nve/drivers.ts';
import type { Edge } from '../../networks/nve/edge.ts';
import type { NodeSettings } from '../settings/settings.ts';
import { driverNamed, edgeOf } from './open-edge.ts';

type EdgeSettings = NonNullable<NodeSettings['edge']>;

/**
 * What another edge has made on this host than the one that the settings ask for now: one by another driver, with other options, or
 * none. It is removed before that makes anything, and what somebody has of it who does not run (Open vSwitch), when he does.
 */
export class EdgeBefore {
  readonly #now: EdgeSettings | undefined;
  readonly #folder: string;
  readonly #open: (settings: EdgeSettings) => Edge;
  readonly #turns = new Turns();
  #isGone = false;

  /** @param folder the node's own, where it is noted by what its edge was made */
  constructor(
    now: EdgeSettings | undefined,
    folder: string,
    open = (settings: EdgeSettings) => edgeOf(driverNamed(settings.driver), settings, folder),
  ) {
    this.#now = now;
    this.#folder = folder;
    this.#open = open;
  }

  /**
   * Removes it, unless that was done. What could not be removed is still noted: also a node that starts anew removes it.
   * @throws HeddleError ERR_NETWORK
   */
  leave(): Promise<void> {
    return this.#turns.take('edge', async () => {
      if (this.#isGone) return;
      await this.#leave();
      this.#isGone = true;
    });
  }

  /** Takes away what is owed, from whoever runs by now. @returns what there still is, in words */
  settleOwed(): Promise<string[]> {
    return this.#turns.take('edge', () => this.#settleOwed());
  }

  /** What is owed stays with whoever has it. */
  giveUp(): void {
    this.#owe([]);
  }

  async #leave(): Promise<void> {
    const before = noted(readJson(this.#file));
    const owed = this.#owed();
    if (before && mustLeave(before, this.#now)) {
      const { driver, uplink } = before;
      const edge = this.#open(before);
      await edge.stop().catch((cause) => {
        const { code, message } = toHeddleError(cause);
        const what = `the edge before (driver ${driver}, uplink ${uplink})`;
        throw new HeddleError(code, `of what ${what} had made, something is left: ${message}`, { cause });
      });
      if ((await edge.settleOwed?.()) !== undefined) this.#owe([...owed, before]);
    }
    // Two of one driver would take each other's for their own.
    if (this.#owed().some(({ driver }) => driver === this.#now?.driver)) await this.#refuseOwed();
    if (this.#now) this.#write(this.#file, this.#now);
    else rmSync(this.#file, { force: true });
  }

  async #refuseOwed(): Promise<void> {
    const left = await this.#settleOwed();
    if (left.length > 0)
      throw new HeddleError('ERR_NETWORK', `of the edge before there still is ${left.join('; ')}`);
  }

  async #settleOwed(): Promise<string[]> {
    const owed = this.#owed();
    const left: { readonly settings: EdgeSettings; readonly what: string }[] = [];
    for (const settings of owed) {
      const what = await this.#open(settings).settleOwed?.();
      if (what !== undefined) left.push({ settings, what });
    }
    if (left.length < owed.length) this.#owe(left.map(({ settings }) => settings));
    return left.map(({ what }) => what);
  }

  #owed(): EdgeSettings[] {
    const all = readJson(this.#owedFile);
    return Array.isArray(all) ? all.flatMap((one) => noted(one) ?? []) : [];
  }

  #owe(all: readonly EdgeSettings[]): void {
    if (all.length === 0) rmSync(this.#owedFile, { force: true });
    else this.#write(this.#owedFile, all);
  }

  #write(file: string, value: unknown): void {
    const text = canonicalJson(value);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    replaceFile(file, text, 0o600);
  }

  get #file(): string {
    return path.join(this.#folder, 'edge.json');
  }

  get #owedFile(): string {
    return path.join(this.#folder, 'edge-owed.json');
  }
}

/** Pure. `now`: absent, there is to be none. */
export function mustLeave(before: EdgeSettings, now: EdgeSettings | undefined): boolean {
  if (!now) return true;
  if (driverNamed(now.driver).follows.includes(before.driver)) return false;
  const madeBy = ({ driver, uplink, options }: EdgeSettings) => canonicalJson({ driver, uplink, options });
  return madeBy(before) !== madeBy(now);
}

/** Of a driver that there is; what somebody has spoilt is as good as nothing. Pure. */
function noted(found: unknown): EdgeSettings | undefined {
  const before = found as EdgeSettings | null | undefined;
  const driver = edgeDrivers.find(({ name }) => name === before?.driver);
  return before && driver?.options.safeParse(before.options).success ? before : undefined;
}

function readJson(file: string): unknown {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
