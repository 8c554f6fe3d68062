import { connect } from 'node:net';
import { HeddleError } from '../../../lib/errors.ts';
import type { BackendFigures } from '../figures.ts';
import type { Server } from '../routes.ts';
import { type RunningServer, type ServerSteps, serverWords } from './servers.ts';
import { readStat } from './stat.ts';

/** Milliseconds that HAProxy may take for an answer. */
const timeout = 3000;
/** Bits of `srv_admin_state`: under maintenance, and draining, both by command. */
const maintenance = 0x01;
const drained = 0x08;

/** HAProxy's runtime API on its Unix socket (management guide, 9.3). */
export class Runtime {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** Commands on one line, each answer ended by an empty line. */
  ask(...commands: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(this.#socket, () => socket.end(`${commands.join(';')}\n`));
      socket.setTimeout(timeout, () => socket.destroy(new Error('no answer')));
      socket.setEncoding('utf8');
      socket.on('data', (text) => {
        answer += text;
      });
      socket.on('error', (error) =>
        reject(
          new HeddleError('ERR_EDGE_PROXY', `HAProxy cannot be asked: ${error.message}`, { cause: error }),
        ),
      );
      socket.on('close', () => resolve(answer));
    });
  }

  /** The process that answers; nothing when none does. */
  async process(): Promise<{ readonly pid: number; readonly generation: string } | undefined> {
    const info = await this.ask('show info').catch(() => '');
    const pid = /^Pid: (\d+)$/m.exec(info)?.[1];
    return pid === undefined
      ? undefined
      : { pid: Number(pid), generation: /^description: (.*)$/m.exec(info)?.[1] ?? '' };
  }

  /** What went through each backend. */
  async figures(): Promise<BackendFigures[]> {
    return readStat(await this.ask('show stat'));
  }

  /**
   * In the order in which HAProxy has them.
   * @param backends whose servers; not given: of all
   */
  async servers(backends?: readonly string[]): Promise<RunningServer[]> {
    const of = backends?.map((name) => `show servers state ${name}`) ?? ['show servers state'];
    return (await this.ask(...of)).split('\n').flatMap((line) => serverOf(line) ?? []);
  }

  /** What checks found, as HAProxy reads it when it starts. Not what was on its way out: if it is there again, it is new. */
  async state(): Promise<string> {
    const lines = (await this.ask('show servers state')).split('\n');
    return lines.filter((line) => !serverOf(line)?.isDraining).join('\n');
  }

  /**
   * Adds before it drains, so that there is always somebody.
   * @throws HeddleError ERR_EDGE_PROXY
   */
  async apply({ add, resume, drain }: ServerSteps): Promise<void> {
    for (const { backend, name, server } of add) await this.#add(`${backend}/${name}`, server);
    for (const { backend, name } of resume) await this.#set(backend, name, 'ready');
    for (const { backend, name } of drain) await this.#set(backend, name, 'drain');
  }

  /** Removes servers that drain and have no connection any more. Returns how many are left. */
  async sweep(): Promise<number> {
    const draining = (await this.servers()).filter(({ isDraining }) => isDraining);
    if (draining.length === 0) return 0;
    const used = new Map(
      (await this.ask('show servers conn')).split('\n').map((line) => {
        const [id = '', , , , , , now] = line.split(' ');
        return [id, Number(now)];
      }),
    );
    let left = 0;
    for (const { backend, name } of draining) {
      const id = `${backend}/${name}`;
      const isIdle = used.get(id) === 0;
      const answer = isIdle ? await this.ask(`set server ${id} state maint`, `del server ${id}`) : '';
      if (!answer.includes('Server deleted')) left++;
    }
    return left;
  }

  async #add(id: string, server: Server): Promise<void> {
    const added = await this.ask(`add server ${id} ${serverWords(server)}`);
    expectText(added, 'New server registered', `${id} cannot be added`);
    await this.#silently(`enable server ${id}`, `enable health ${id}`);
  }

  async #set(backend: string, name: string, state: string): Promise<void> {
    await this.#silently(`set server ${backend}/${name} state ${state}`);
  }

  async #silently(...commands: readonly string[]): Promise<void> {
    const answer = await this.ask(...commands);
    if (answer.trim() !== '') throw new HeddleError('ERR_EDGE_PROXY', `HAProxy refuses: ${answer.trim()}`);
  }
}

function serverOf(line: string): RunningServer | undefined {
  const [, backend, , name, , , admin] = line.split(' ');
  if (line.startsWith('#') || backend === undefined || name === undefined) return undefined;
  return { backend, name, isDraining: (Number(admin) & (maintenance | drained)) !== 0 };
}

function expectText(answer: string, wanted: string, otherwise: string): void {
  if (!answer.includes(wanted)) throw new HeddleError('ERR_EDGE_PROXY', `${otherwise}: ${answer.trim()}`);
}
