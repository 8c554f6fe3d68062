import { isIP } from 'node:net';
import { Option } from 'commander';
import type { Endpoint } from '../../../edge/listen/endpoint.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { expectLoopback } from '../../../lib/loopback.ts';
import { several } from '../../command.ts';

/** The edge file, which every command about the edge reads. */
export function edgeFileOption(): Option {
  return new Option('-f, --file <path>', 'edge file').default('edge.yaml').env('HEDDLE_EDGE_FILE');
}

/** Where a controller gives a view. */
export function brokerOption(): Option {
  return several(
    '--broker <url>',
    'where a controller gives the view, instead of the file: mqtts://HOST[:PORT]; of several, the first that answers',
  );
}

export function listenOption(what: string, otherwise: string): Option {
  return several('--listen <address>', `${what}; may be given several times (default: ${otherwise})`);
}

/**
 * `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`.
 * @throws HeddleError ERR_USAGE
 */
export function endpoint(text: string, usualPort: number): Endpoint {
  const [, six, four, port = usualPort] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::(\d+))?$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  if (isIP(address) !== 0 && Number(port) <= 65_535) return { address, port: Number(port) };
  throw new HeddleError('ERR_USAGE', `"${text}" is no address`, {
    hint: `write it as 192.0.2.1:${usualPort} or [2001:db8::1]:${usualPort}`,
  });
}

/** @param port that is listened on unless another is given */
export function metricsOption(port: number): Option {
  const where = `at 127.0.0.1:${port} unless a port, or another address of the loopback, is given`;
  return new Option('--metrics [address]', `serve metrics for Prometheus, ${where}`).preset('127.0.0.1');
}

/**
 * `127.0.0.1`, `127.0.0.1:9851`, or a port alone. Only the loopback: nothing there asks who comes.
 * @throws HeddleError ERR_USAGE
 */
export function metricsEndpoint(text: string, usualPort: number): Endpoint {
  const found = endpoint(/^\d+$/.test(text) ? `127.0.0.1:${text}` : text, usualPort);
  expectLoopback(found.address);
  return found;
}
