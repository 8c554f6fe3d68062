import { expectOf } from '../checks.ts';
import { type Route, route } from '../contract.ts';
import { readArchiveContract, statPathContract, writeArchiveContract } from '../contracts/archive.ts';
import { attachContract, type ExecInput, execContract, runContract } from '../contracts/exec.ts';
import type { NodeService } from '../node-service.ts';

/** What programs in containers print and read, and the files there. */
export const containerRoutes: readonly Route<NodeService>[] = [
  route(execContract, (node: NodeService, { params: { project }, body, gone }) =>
    node.exec(project, about(project, body), gone),
  ),
  route(attachContract, (node: NodeService, { params: { project }, body, gone }) =>
    node.attach(project, about(project, body), gone),
  ),
  route(runContract, (node: NodeService, { params: { project }, body, gone }) =>
    node.run(project, about(project, body), gone),
  ),
  route(readArchiveContract, (node: NodeService, { params, query }) =>
    node.readArchive(params.project, query),
  ),
  route(statPathContract, (node: NodeService, { params, query }) => node.statPath(params.project, query)),
  route(writeArchiveContract, async (node: NodeService, { params, query, body }) => {
    await node.writeArchive(params.project, query, body);
    return {};
  }),
];

async function* about(project: string, inputs: AsyncIterable<ExecInput>): AsyncGenerator<ExecInput> {
  for await (const input of inputs) {
    if (input.type === 'once') expectOf(project, input.spec);
    yield input;
  }
}
