// What `npm run demo:edge` shows. It checks what it shows, ends with 1 when something is not as it should be, and removes all
// that it made, however it ends.
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Lab } from './lab/lab.ts';
import { removeLab } from './lab/remove.ts';
import { say } from './show.ts';
import { tell } from './story.ts';

const { values: wanted } = parseArgs({
  options: { keep: { type: 'boolean' }, remove: { type: 'boolean' }, yes: { type: 'boolean' } },
});
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve('interrupted'));
});

try {
  if (wanted.remove) await removeLab();
  else await show(new Lab());
} catch (error) {
  fail(error);
}
// What was under way when it was interrupted is not waited for.
process.exit();

async function show(lab: Lab): Promise<void> {
  lab.claim();
  try {
    const end = await Promise.race([tell(lab), interrupted]);
    if (end === 'interrupted') process.exitCode = 130;
    else if (wanted.keep) await keep();
  } catch (error) {
    if (await wasInterrupted()) process.exitCode = 130;
    else {
      fail(error);
      for (const name of lab.fallen) console.error(`${name} has ended:\n${lab.printed(name).slice(-2000)}`);
    }
  } finally {
    lab.close();
    say('Removing what was made');
    await removeLab();
  }
}

async function keep(): Promise<void> {
  say('The lab goes on until Ctrl-C. To look around, in another terminal:');
  console.log(`ip netns list
ip netns exec heddle-lab-madrid-client kdig @10.3.0.1 login.edge.internal
ip netns exec heddle-lab-madrid-client curl http://10.3.0.1/
HEDDLE_STATE_DIR=/run/heddle-lab/state bin/heddle edge explain login --at madrid
tail -f /run/heddle-lab/log/gateway-madrid`);
  await interrupted;
}

/** A terminal interrupts what is being run as well: that failure may be heard of before the interruption itself. */
async function wasInterrupted(): Promise<boolean> {
  return (await Promise.race([interrupted, setImmediate()])) === 'interrupted';
}

function fail(error: unknown): void {
  process.exitCode = 1;
  const all = error instanceof AggregateError ? [error, ...error.errors] : [error];
  for (const each of all) console.error(`\nNot as it should be: ${(each as Error).message}`);
}
