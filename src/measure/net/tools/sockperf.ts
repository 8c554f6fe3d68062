import { HeddleError } from '../../../lib/errors.ts';
import type { Figures } from '../measurement.ts';
import { lastWords } from './last-words.ts';

// sockperf(3), as Debian has it. Pure.

export function serverCommand(address: string, port: number): string[] {
  return ['sockperf', 'server', '--tcp', '-i', address, '-p', String(port)];
}

export function clientCommand(address: string, port: number, size: number, seconds: number): string[] {
  const where = ['--tcp', '-i', address, '-p', String(port)];
  return ['sockperf', 'ping-pong', ...where, '-t', String(seconds), '-m', String(size), '--full-rtt'];
}

/** @throws HeddleError ERR_MEASURE where it did not measure */
export function figuresOf(text: string): Figures {
  const percentile = (share: string) => {
    const found = new RegExp(`percentile ${share} = +([\\d.]+)`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const [p50, p99] = [percentile('50.000'), percentile('99.000')];
  if (p50 === undefined || p99 === undefined)
    throw new HeddleError('ERR_MEASURE', `sockperf: ${lastWords(text)}`);
  return { p50, p99 };
}
