import type { ServerEnd } from './end.ts';
import type { MeasuringService } from './measuring-service.ts';

/** Another node, at which paths end. */
export interface FarNode {
  readonly name: string;
  /** At which its host is reached. */
  readonly address: string;
  readonly measuring: MeasuringService;
}

/** The end of a path on another node, which is there to be measured. */
export async function farEnd(
  { name, address: host, measuring }: FarNode,
  run: string,
  path: string,
): Promise<ServerEnd> {
  const { address } = await measuring.open(name, run, path, host);
  return {
    address,
    serve: async (test) => {
      const { port } = await measuring.serve(name, run, path, test);
      return { port, [Symbol.asyncDispose]: () => measuring.endServers(name, run, path) };
    },
  };
}
