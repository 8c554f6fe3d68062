import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { HeddleError } from '../../lib/errors.ts';
import { lines } from '../../lib/lines.ts';
import { sizeText } from '../../lib/size-text.ts';
import type { ExecOptions, ExecResult, LogLine, LogOptions } from '../console.ts';
import { asking } from './errors.ts';

/** Runs a program in a container to its end and returns what it printed. */
export async function exec(
  api: Docker,
  name: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const what = `running ${command[0]} in ${name}`;
  return asking(what, async () => {
    const handle = await api.getContainer(name).exec({
      Cmd: [...command],
      AttachStdout: true,
      AttachStderr: true,
      ...(options.user !== undefined && { User: options.user }),
      ...(options.privileged && { Privileged: true }),
      ...(options.workingDir !== undefined && { WorkingDir: options.workingDir }),
      ...(options.environment && { Env: [...options.environment] }),
    });
    const stream = await handle.start({ hijack: true, stdin: false });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    api.modem.demuxStream(stream, stdout, stderr);
    const texts = Promise.all([textOf(stdout, what), textOf(stderr, what)]);
    await Promise.race([ended(stream, options.timeout ?? 30_000, what), texts]);
    stdout.end();
    stderr.end();
    const [out, err] = await texts;
    const { ExitCode } = await handle.inspect();
    return { exitCode: ExitCode ?? -1, stdout: out, stderr: err };
  });
}

/** A container's log, line by line, in the order the engine gives. */
export async function logs(api: Docker, name: string, options: LogOptions): Promise<AsyncIterable<LogLine>> {
  const container = api.getContainer(name);
  const request = {
    stdout: true,
    stderr: true,
    timestamps: options.timestamps,
    ...(options.tail !== undefined && { tail: options.tail }),
    ...(options.since !== undefined && { since: options.since }),
    ...(options.until !== undefined && { until: options.until }),
  };
  const stream = await asking(`reading the log of ${name}`, async () => {
    const { Config } = await container.inspect();
    const answer: NodeJS.ReadableStream | Buffer = options.follow
      ? await container.logs({ ...request, follow: true, abortSignal: options.signal as AbortSignal })
      : await container.logs({ ...request, follow: false });
    return { answer, tty: Config.Tty };
  });
  const merged = new PassThrough({ objectMode: true });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const pumps = [pump(stdout, 'stdout', merged), pump(stderr, 'stderr', merged)];
  void Promise.all(pumps).then(() => merged.end());
  const source = Buffer.isBuffer(stream.answer) ? bufferStream(stream.answer) : stream.answer;
  if (stream.tty) source.pipe(stdout);
  else api.modem.demuxStream(source, stdout, stderr);
  const finish = () => {
    stdout.end();
    stderr.end();
  };
  source.on('end', finish).on('close', finish).on('error', finish);
  return merged;
}

async function pump(source: PassThrough, stream: LogLine['stream'], sink: PassThrough): Promise<void> {
  for await (const text of lines(source)) sink.write({ stream, text });
}

/** Bytes that a program in a container may print for the node: what prints more is ended with an error. */
const mostPrinted = 64 * 1024 * 1024;

async function textOf(stream: PassThrough, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > mostPrinted)
      throw new HeddleError('ERR_ENGINE', `${what}: it printed more than ${sizeText(mostPrinted)}`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function bufferStream(buffer: Buffer): PassThrough {
  const stream = new PassThrough();
  stream.end(buffer);
  return stream;
}

function ended(stream: NodeJS.ReadableStream, timeout: number, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new HeddleError('ERR_TIMEOUT', `${what}: no end after ${timeout} ms`)),
      timeout,
    );
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    stream.on('end', finish).on('close', finish).on('error', finish);
  });
}
