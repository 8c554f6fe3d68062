import type { ExecInput, OnceRequest } from '../../api/contracts/exec.ts';
import { HeddleError } from '../../lib/errors.ts';
import { firstOf } from '../joined.ts';
import type { HandlingWorker } from './handling-worker.ts';
import { nodesHaving } from './placement.ts';
import type { ServiceNodes } from './service-nodes.ts';
import { sent } from './share.ts';
import { sliceOf } from './slice.ts';
import type { Whereabouts } from './whereabouts.ts';

/** Programs in containers, whose streams go through this node to the one that has the container. */
export function programsOver(
  nodes: ServiceNodes,
  here: string,
  whereabouts: Pick<Whereabouts, 'of'>,
): Pick<HandlingWorker, 'exec' | 'attach' | 'run'> {
  return {
    exec: async function* (project, inputs, signal) {
      const { first, rest } = await firstOf(inputs, 'run');
      const node = await nodes.of(project, first.service, first.index);
      yield* nodes.follow(node, ({ exec }) => exec(project, again(first, rest), signal));
    },
    attach: async function* (project, inputs, signal) {
      const { first, rest } = await firstOf(inputs, 'attach');
      const node = await nodes.of(project, first.service, first.index);
      yield* nodes.follow(node, ({ attach }) => attach(project, again(first, rest), signal));
    },
    run: async function* (project, inputs, signal) {
      const { first, rest } = await firstOf(inputs, 'once');
      const { node, request } = await onceAt(first as OnceRequest, here, whereabouts);
      yield* nodes.follow(node, ({ run }) => run(project, again(request, rest), signal));
    },
  };
}

async function* again(first: ExecInput, rest: AsyncIterable<ExecInput>): AsyncGenerator<ExecInput> {
  yield first;
  yield* rest;
}

/**
 * A one-off is where its service is, and told of what the application has there.
 * @throws HeddleError ERR_PLACE_IMPOSSIBLE
 */
async function onceAt(
  request: OnceRequest,
  here: string,
  whereabouts: Pick<Whereabouts, 'of'>,
): Promise<{ node: string | undefined; request: OnceRequest }> {
  const { spec, build } = request;
  const going = await whereabouts.of({ spec });
  if (!going) return { node: undefined, request };
  const { project } = spec;
  if (!going.kept)
    throw new HeddleError(
      'ERR_PLACE_IMPOSSIBLE',
      `run: the application ${project} is to be on several nodes, and was not brought up yet`,
      { hint: 'bring it up first: heddle up' },
    );
  const service = spec.pods.find(({ role }) => role === 'oneoff')?.service ?? '';
  const [node = here] = nodesHaving(going.placed, service);
  const slice = { ...request, spec: sliceOf(spec, going.placed, node) };
  if (node === here) return { node, request: slice };
  if (build)
    throw new HeddleError(
      'ERR_PLACE_IMPOSSIBLE',
      `run: ${service} is on ${node}, and images are built here`,
      {
        hint: `push the image, or build it on ${node}; then run it without --build`,
      },
    );
  return { node, request: { ...slice, spec: (await sent(slice)).spec } };
}
