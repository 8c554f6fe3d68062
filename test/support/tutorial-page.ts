import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const docs = path.resolve(import.meta.dirname, '../../docs');

/** A command of the page, and what the page shows that it prints. */
export interface Step {
  readonly host: string;
  readonly command: string;
  readonly printed: string;
}

export interface Block {
  readonly section: string;
  readonly language: string;
  readonly text: string;
}

/** What a tutorial has in code, from its top. @param page its name among the docs */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(path.join(docs, page), 'utf8');
  return text.split(/^## /m).flatMap((part) => {
    const section = part.slice(0, part.indexOf('\n'));
    const found = part.matchAll(/^```(\w+)\n(.*?)^```$/gms);
    return [...found].map(([, language = '', code = '']) => ({ section, language, text: code }));
  });
}

/** Each `one$ command` of a block, with the lines up to the next. */
export function stepsOf({ text }: Block): Step[] {
  return text.split(/^(?=\w*\$ )/m).map((step) => {
    const [, host = '', command = '', printed = ''] = /^(\w*)\$ (.*)\n([\s\S]*)$/.exec(step) ?? [];
    return { host, command, printed };
  });
}

/** What is the same in each run: without ids, times and amounts, however wide the columns and whichever line is first. */
export function samePart(printed: string): string[] {
  const address = /\d+\.\d+\.\d+\.\d+(?:\/\d+)?/;
  const amount = /(?<!\w)(\d+(?:\.\d+)?(?: ?[kM]?B| ?[mµ]?s)?)\b/;
  return printed
    .replaceAll(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|fe80::[0-9a-f:]+/g, 'MAC')
    .replaceAll(/\bh([bp])[0-9a-f]{12}\b|@if\d+/g, 'ID')
    .replaceAll(new RegExp(`${address.source}|${amount.source}`, 'g'), (all, number) => (number ? '#' : all))
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter(Boolean)
    .sort();
}

/** A shell that is given commands one after the other, as who reads the page gives them. */
export class Shell {
  readonly #child: ChildProcessWithoutNullStreams;
  #printed = '';
  #asked = 0;

  constructor(script: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn('bash', ['-c', script], { env });
    this.#child.stdout.on('data', (chunk) => {
      this.#printed += chunk;
    });
    this.#child.stdin.write('exec 2>&1\n');
  }

  /** @returns what the command printed; @throws Error when it failed */
  async run(command: string): Promise<string> {
    const end = `end of ${++this.#asked}:`;
    this.#printed = '';
    this.#child.stdin.write(`{ ${command}\n} < /dev/null\nprintf '${end} %s\\n' $?\n`);
    for (;;) {
      const [all, printed = '', code] = new RegExp(`^([\\s\\S]*)${end} (\\d+)\\n`).exec(this.#printed) ?? [];
      if (all !== undefined && code === '0') return printed;
      if (all !== undefined) throw new Error(`${command}: exit code ${code}: ${printed}`);
      await this.#more();
    }
  }

  close(): void {
    this.#child.stdin.end();
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error(`the shell ended: ${this.#printed}`));
      this.#child.once('close', ended);
      this.#child.stdout.once('data', () => {
        this.#child.off('close', ended);
        resolve();
      });
    });
  }
}
