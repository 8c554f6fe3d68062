import { PassThrough, type Readable } from 'node:stream';
import type { FastifyPluginAsync } from 'fastify';
import { HeddleError } from '../../lib/errors.ts';
import { lines } from '../../lib/lines.ts';
import { checkedSpec } from '../checks.ts';
import { type ExecInput, execInputSchema } from '../exec.ts';
import type { NodeService } from '../node-service.ts';
import { sendLines } from '../stream.ts';

const jsonLines = 'application/x-ndjson';

/** Runs a program in a container, or joins the one that runs: JSON lines both ways at once, so that no connection has to change its protocol. */
export function execRoutes(node: NodeService): FastifyPluginAsync {
  return async (server) => {
    server.addContentTypeParser(jsonLines, (_request, payload, done) => done(null, payload));
    for (const verb of ['exec', 'attach', 'run'] as const) {
      server.post<{ Params: { project: string }; Body: Readable }>(
        `/v1/applications/:project/${verb}`,
        ({ params, body }, reply) => {
          const gone = new AbortController();
          reply.raw.on('close', () => gone.abort());
          return sendLines(reply, node[verb](params.project, inputs(body, params.project), gone.signal));
        },
      );
    }
  };
}

async function* inputs(body: Readable, project: string): AsyncGenerator<ExecInput> {
  // Not the body itself: to stop reading that would close the connection, before the client was told why.
  for await (const line of lines(body.pipe(new PassThrough()))) {
    const checked = execInputSchema.safeParse(parsed(line));
    if (!checked.success) {
      throw new HeddleError('ERR_USAGE', `exec: ${checked.error.issues[0]?.message ?? 'not understood'}`);
    }
    const { data } = checked;
    yield data.type === 'once' ? { ...data, spec: checkedSpec(data.spec, project) } : data;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
