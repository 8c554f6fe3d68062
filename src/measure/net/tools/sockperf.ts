import { HeddleError } from '../../../lib/errors.ts';
import type { Figures } from '../measurement.ts';
import { lastWords } from './last-words.ts';
import type { Tool } from './tool.ts';

// sockperf(3), as Debian has it. Pure.

const program = 'sockperf';

/** Questions of so many bytes, each answered by as many. */
export function latency({ size }: { readonly size: number }): Tool {
  return {
    needs: [{ program, package: 'sockperf' }],
    server: ({ address, port }) => [program, 'server', '--tcp', '-i', address, '-p', String(port)],
    client: ({ address, port }, seconds) => {
      const where = ['--tcp', '-i', address, '-p', String(port)];
      return [program, 'ping-pong', ...where, '-t', String(seconds), '-m', String(size), '--full-rtt'];
    },
    figures,
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
