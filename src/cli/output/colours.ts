import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';

type Target = Pick<WriteStream, 'isTTY'>;
type Colours = ReturnType<typeof picocolors.createColors>;

/**
 * Colours for what is written to a stream: on a terminal only, unless FORCE_COLOR asks for them elsewhere or NO_COLOR
 * (no-color.org) forbids them. Unlike picocolors' own rule, a build server (CI) is no terminal: its log is read by
 * programs.
 */
export function coloursFor(stream: Target, env: NodeJS.ProcessEnv = process.env): Colours {
  const forced = env['FORCE_COLOR'] ? env['FORCE_COLOR'] !== '0' : undefined;
  const terminal = stream.isTTY === true && env['TERM'] !== 'dumb';
  return picocolors.createColors(!env['NO_COLOR'] && (forced ?? terminal));
}
