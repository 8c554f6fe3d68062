import { HeddleError, SeveralErrors, toHeddleError } from './errors.ts';

/** Milliseconds that all parts together may take. */
const patience = 30_000;

/** Something that is to end, by its name in a message. */
export interface EndingPart {
  readonly what: string;
  readonly end: () => unknown;
}

/**
 * Ends parts one after the other. One that fails, or does not end in time, keeps no other from it.
 * @param time milliseconds that all together may take; one whose turn comes later is told to end, and not waited for
 * @throws SeveralErrors ERR_INTERNAL, when all were told to end: each that failed or still works, by its name
 */
export async function endAll(parts: readonly EndingPart[], time = patience): Promise<void> {
  const until = performance.now() + time;
  const errors: HeddleError[] = [];
  for (const { what, end } of parts) {
    const late = new HeddleError('ERR_INTERNAL', `${what}: it still works, and is left to itself`);
    try {
      await inTime(end(), Math.max(0, until - performance.now()), late);
    } catch (cause) {
      if (cause === late) errors.push(late);
      else {
        const { code, message } = toHeddleError(cause);
        errors.push(new HeddleError(code, `${what}: ${message}`, { cause }));
      }
    }
  }
  if (errors.length > 0)
    throw new SeveralErrors('ERR_INTERNAL', errors.map(({ message }) => message).join('; '), errors);
}

async function inTime(work: unknown, time: number, late: HeddleError): Promise<void> {
  if (!(work instanceof Promise)) return;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late), time);
  });
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}
