import { HeddleError } from '../../../lib/errors.ts';
import type { Figures } from '../measurement.ts';
import { lastWords } from './last-words.ts';
import type { Client, Tool } from './tool.ts';

// sockperf(3), as Debian has it. Pure.

const program = 'sockperf';

export const sockperf: Omit<Tool, 'client'> = { program, server, figures };

function server(address: string, port: number): string[] {
  return [program, 'server', '--tcp', '-i', address, '-p', String(port)];
}

/** Questions of so many bytes, each answered by as many. */
export function messagesClient(size: number): Client {
  return (address, port, seconds) => {
    const where = ['--tcp', '-i', address, '-p', String(port)];
    return [program, 'ping-pong', ...where, '-t', String(seconds), '-m', String(size), '--full-rtt'];
  };
}

/** @throws HeddleError ERR_MEASURE where it did not measure */
function figures(text: string): Figures {
  const percentile = (share: string) => {
    const found = new RegExp(`percentile ${share} = +([\\d.]+)`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const [p50, p99] = [percentile('50.000'), percentile('99.000')];
  if (p50 === undefined || p99 === undefined)
    throw new HeddleError('ERR_MEASURE', `sockperf: ${lastWords(text)}`);
  return { p50, p99 };
}
