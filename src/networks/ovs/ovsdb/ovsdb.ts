import { HeddleError } from '../../../lib/errors.ts';
import { JsonRpc } from './json-rpc.ts';
import type { Operation, Result } from './operations.ts';
import { numberIn } from './values.ts';

const database = 'Open_vSwitch';
/** Milliseconds. */
const answerTime = 10_000;
const configurationTime = 15_000;

interface Waiting {
  readonly number: number;
  readonly resolve: () => void;
  readonly reject: (error: HeddleError) => void;
  readonly timer: NodeJS.Timeout;
}

/** A client of ovsdb-server (RFC 7047). It connects when it is asked something, and again when the server was away. */
export class Ovsdb {
  readonly #path: string;
  #connecting: Promise<JsonRpc> | undefined;
  /** What ovs-vswitchd has made of the database so far, and who waits for more. */
  #configured = -1;
  readonly #waiting = new Set<Waiting>();
  /** How far it had come when somebody waited in vain: until it goes on, nobody waits again. */
  #stuck: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Carries out all of it, or nothing: when a `wait` in it did not hold, or a name was given to another meanwhile.
   * @returns the result of each operation; nothing when nothing was carried out
   * @throws HeddleError ERR_OVS
   */
  async transact(operations: readonly Operation[]): Promise<readonly Result[] | undefined> {
    const server = await this.#connected();
    const answer = await server.request('transact', [database, ...operations], answerTime);
    if (!Array.isArray(answer))
      throw new HeddleError('ERR_OVS', 'ovsdb-server answers a transaction with no list');
    const results = answer as readonly (Result & { readonly error?: unknown; readonly details?: unknown })[];
    // One more than there are operations when all were fine and the whole was not (RFC 7047, 4.1.3).
    const failed = results.find((result) => result?.error !== undefined && result.error !== null);
    if (!failed) return results;
    if (failed.error === 'timed out' || (failed.error === 'constraint violation' && isTwin(failed.details)))
      return undefined;
    throw new HeddleError(
      'ERR_OVS',
      `ovsdb-server refuses: ${failed.error}${failed.details ? `: ${String(failed.details).slice(0, 500)}` : ''}`,
    );
  }

  /** Whether it can be asked now. */
  isReachable(): Promise<boolean> {
    return this.#connected().then(
      () => true,
      () => false,
    );
  }

  /**
   * Returns when ovs-vswitchd has done what the database said when `next_cfg` had this number.
   * @throws HeddleError ERR_OVS when it takes too long: most often it does not run
   */
  async configured(number: number): Promise<void> {
    await this.#connected();
    if (this.#configured >= number) return;
    const why = `ovs-vswitchd did not do within ${configurationTime / 1000} s what its database says`;
    const late = new HeddleError('ERR_OVS', why, {
      hint: 'check that ovs-vswitchd runs, and what its log says',
    });
    if (this.#stuck === this.#configured) throw late;
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        number,
        resolve,
        reject,
        timer: setTimeout(() => {
          this.#waiting.delete(waiting);
          this.#stuck = this.#configured;
          reject(late);
        }, configurationTime),
      };
      this.#waiting.add(waiting);
    });
  }

  async close(): Promise<void> {
    (await this.#connecting?.catch(() => undefined))?.close();
  }

  #connected(): Promise<JsonRpc> {
    this.#connecting ??= this.#connect().catch((error) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }

  async #connect(): Promise<JsonRpc> {
    const server = await JsonRpc.connect(this.#path, answerTime, {
      who: 'ovsdb-server',
      notified: (method, params) => {
        if (method === 'update' && Array.isArray(params)) this.#update(params[1]);
      },
      ended: (reason) => this.#end(reason),
    });
    const requests = { Open_vSwitch: [{ columns: ['cur_cfg'] }] };
    this.#configured = -1;
    this.#update(await server.request('monitor', [database, 'configured', requests], answerTime));
    return server;
  }

  #end(reason: HeddleError): void {
    this.#connecting = undefined;
    for (const { reject, timer } of this.#waiting) {
      clearTimeout(timer);
      reject(reason);
    }
    this.#waiting.clear();
  }

  /** `{Open_vSwitch: {UUID: {new: {cur_cfg: 7}}}}` (RFC 7047, 4.1.6). */
  #update(updates: unknown): void {
    const rows = (updates as Readonly<Record<string, unknown>> | null)?.['Open_vSwitch'];
    if (typeof rows !== 'object' || rows === null) return;
    for (const row of Object.values(rows) as { readonly new?: { readonly cur_cfg?: unknown } }[]) {
      this.#configured = numberIn(row?.new?.cur_cfg) ?? this.#configured;
    }
    for (const waiting of this.#waiting) {
      if (this.#configured < waiting.number) continue;
      this.#waiting.delete(waiting);
      clearTimeout(waiting.timer);
      waiting.resolve();
    }
  }
}

/** Whether a constraint was that of an index: names are given once. */
function isTwin(details: unknown): boolean {
  return /index|duplicate|identical values/i.test(String(details));
}
