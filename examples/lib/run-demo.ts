import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { say } from './show.ts';

/** What a demo shows things in: made by it, and removed however it ends. */
export interface DemoLab {
  /** @throws Error when there is one already, which is somebody's */
  claim(): void;
  /** From now on nothing is started any more, and what was to come to an end does so. */
  close(): void;
  /** Names of what has ended though nobody asked it to. */
  readonly fallen: readonly string[];
  /** What one of them has printed. */
  printed(name: string): string;
}

export interface Demo<Lab extends DemoLab> {
  readonly lab: Lab;
  /** Builds the lab and shows things in it. @throws Error when something is not as it should be */
  tell(lab: Lab): Promise<void>;
  /** Removes a lab, whoever built it. */
  remove(): Promise<void>;
  /** Commands for who looks around in a lab that goes on. */
  readonly hints: string;
}

/** Runs a demo as its command line says: `--keep` leaves the lab until Ctrl-C, `--remove` removes one that was killed. */
export async function runDemo<Lab extends DemoLab>(demo: Demo<Lab>): Promise<void> {
  const { values: wanted } = parseArgs({
    options: { keep: { type: 'boolean' }, remove: { type: 'boolean' }, yes: { type: 'boolean' } },
  });
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve('interrupted'));
  });
  try {
    if (wanted.remove) await demo.remove();
    else await show(demo, wanted.keep === true, interrupted);
  } catch (error) {
    fail(error);
  }
  // What was under way when it was interrupted is not waited for.
  process.exit();
}

async function show<Lab extends DemoLab>(
  { lab, tell, remove, hints }: Demo<Lab>,
  isKept: boolean,
  interrupted: Promise<'interrupted'>,
): Promise<void> {
  lab.claim();
  try {
    const end = await Promise.race([tell(lab), interrupted]);
    if (end === 'interrupted') process.exitCode = 130;
    else if (isKept) {
      say('The lab goes on until Ctrl-C. To look around, in another terminal:');
      console.log(hints);
      await interrupted;
    }
  } catch (error) {
    // A terminal interrupts what is being run as well: that failure may be heard of before the interruption itself.
    if (await Promise.race([interrupted, setImmediate()])) process.exitCode = 130;
    else {
      fail(error);
      for (const name of lab.fallen) console.error(`${name} has ended:\n${lab.printed(name).slice(-2000)}`);
    }
  } finally {
    lab.close();
    say('Removing what was made');
    await remove();
  }
}

function fail(error: unknown): void {
  process.exitCode = 1;
  const all = error instanceof AggregateError ? [error, ...error.errors] : [error];
  for (const each of all) console.error(`\nNot as it should be: ${(each as Error).message}`);
}
