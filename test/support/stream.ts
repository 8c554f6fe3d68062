import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { until } from './until.ts';

export interface StreamReport {
  /** Answers that came. */
  readonly answers: number;
  /** Milliseconds of the longest wait for one, while a question is asked every few. */
  readonly longest: number;
}

const file = path.join(import.meta.dirname, 'stream-process.ts');

function start(namespace: string | undefined, ...args: readonly string[]): ChildProcess {
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', file, ...args];
  const [program = '', ...rest] =
    namespace === undefined ? command : ['nsenter', `--net=${namespace}`, '--', ...command];
  return spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** A server in a namespace that answers each byte with the same. */
export async function echoing(namespace: string, port: number): Promise<ChildProcess> {
  const child = start(namespace, 'serve', String(port));
  await firstLine(child);
  return child;
}

/** One connection, open until it is stopped; absent namespace: that of this process. */
export async function streaming(namespace: string | undefined, host: string, port: number) {
  const child = start(namespace, 'ask', host, String(port));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  await lines.next();
  const ask = async (order: string): Promise<StreamReport> => {
    child.stdin!.write(`${order}\n`);
    const { value } = await lines.next();
    if (value === undefined) throw new Error('the connection ended');
    return JSON.parse(value) as StreamReport;
  };
  const report = () => ask('report');
  return {
    /** Since the last report. */
    report,
    /** Since the last report, once more than twenty answers have come from now on. */
    async goesOn(): Promise<StreamReport> {
      let all = await report();
      const before = all.answers;
      await until('the connection goes on', async () => {
        const more = await report();
        all = { answers: all.answers + more.answers, longest: Math.max(all.longest, more.longest) };
        return all.answers - before > 20;
      });
      return all;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

async function firstLine(child: ChildProcess): Promise<void> {
  await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next();
}
