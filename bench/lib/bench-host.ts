import { NodeClient } from '../../src/api/client.ts';
import { connect } from '../../src/engines/docker-api/connect.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { TestHost } from '../../test/support/host.ts';
import { setup } from '../../test/support/setup.ts';
import { say } from './rounds.ts';

/** A node of the benchmark's own, from the packed and installed package, and the engine that it uses. */
export interface BenchHost extends AsyncDisposable {
  readonly host: TestHost;
  readonly engine: Engine;
}

/** Whatever way the benchmark ends, what it made is taken down. */
export async function startHost(): Promise<BenchHost> {
  say('packing and installing heddle');
  await setup();
  const host = new TestHost();
  const remove = takingDown(() => host.remove());
  try {
    // `ls` starts no node; `down` of nothing does.
    await host.heddle('down', '-p', 'heddle-bench-nothing');
    const { engine } = await new NodeClient(`${host.runDir}/node.sock`).info();
    say(`${engine.kind} ${engine.version} at ${engine.endpoint}`);
    return { host, engine: await connect(engine.endpoint), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Takes down what a benchmark made, also when that is interrupted.
 * @returns does it
 */
export function takingDown(made: () => Promise<void>): () => Promise<void> {
  const remove = async () => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    say('taking down what the benchmark made');
    await made();
  };
  const interrupted = (signal: string) => {
    remove()
      .catch((error: Error) => console.error(error.message))
      .finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  return remove;
}
