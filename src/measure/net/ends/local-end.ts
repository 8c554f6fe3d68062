import type { Test } from '../measurement.ts';
import { freePort, Program } from '../program.ts';
import { toolFor } from '../tools/tools.ts';
import type { ServeOptions, Server, ServerEnd } from './end.ts';

/** On this host. `within`: what a command begins with that runs there. */
export function localEnd(within: readonly string[], address: string): ServerEnd {
  return { address, serve: (test, options) => serve(within, address, test, options) };
}

async function serve(
  within: readonly string[],
  address: string,
  test: Test,
  { folder, signal }: ServeOptions,
): Promise<Server> {
  const tool = toolFor(test);
  const place = { address, port: freePort(), folder };
  await tool.prepare?.server?.(place);
  await using stack = new AsyncDisposableStack();
  const program = stack.use(new Program([...within, ...tool.server(place)], signal));
  await program.listening(place.port);
  const started = stack.move();
  return { port: place.port, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
