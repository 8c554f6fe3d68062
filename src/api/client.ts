import { Readable } from 'node:stream';
import type { Answer } from '../lib/http/answer.ts';
import type { MeasuredNetworks } from '../measure/net/remembered.ts';
import type * as applications from './contracts/applications.ts';
import type * as bonds from './contracts/bonds.ts';
import type * as chains from './contracts/chains.ts';
import type * as edge from './contracts/edge.ts';
import type * as exec from './contracts/exec.ts';
import type * as images from './contracts/images.ts';
import type * as jobs from './contracts/jobs.ts';
import type * as links from './contracts/links.ts';
import type * as measured from './contracts/measured.ts';
import type * as nodes from './contracts/node.ts';
import type * as scaling from './contracts/scaling.ts';
import { HandlingClient } from './handling-client.ts';
import { HttpTransport, type Outgoing } from './http-transport.ts';
import { MeasuringClient } from './measuring-client.ts';
import type {
  BuildRequest,
  DownRequest,
  LogsQuery,
  NodeLogsQuery,
  OperationEvent,
  ServicesRequest,
  TransferRequest,
  UpRequest,
} from './messages.ts';
import { NetworkingClient } from './networking-client.ts';
import { ProjectClient } from './project-client.ts';
import { SocketTransport } from './socket-transport.ts';
import { targetOf } from './target.ts';
import type { Lines } from './transport.ts';

type Services = readonly string[];

/** The node's API, typed. */
export class NodeClient extends HttpTransport {
  readonly handling = new HandlingClient(this);
  readonly project = new ProjectClient(this);
  readonly measuring = new MeasuringClient(this);
  readonly networking = new NetworkingClient(this);
  readonly #way: HttpTransport;

  /** Asks the node at a socket, which `start` starts when nobody listens there, or one that is reached in another way. */
  constructor(way: string | HttpTransport, start?: () => Promise<unknown>) {
    super();
    this.#way = typeof way === 'string' ? new SocketTransport(way, start) : way;
  }

  override reach(request: Outgoing): Promise<Answer> {
    return this.#way.reach(request);
  }

  info() {
    return this.ask<typeof nodes.infoContract>('GET /v1/node', {});
  }

  nodeStatus() {
    return this.ask<typeof nodes.nodeStatusContract>('GET /v1/node/status', {});
  }

  nodes() {
    return this.ask<typeof nodes.nodesContract>('GET /v1/nodes', {});
  }

  removeNode(node: string) {
    return this.ask<typeof nodes.removeNodeContract>('DELETE /v1/nodes/:node', { params: { node } });
  }

  bonds() {
    return this.ask<typeof bonds.bondsContract>('GET /v1/bonds', {});
  }

  links() {
    return this.ask<typeof links.linksContract>('GET /v1/links', {});
  }

  link(node: string) {
    return this.ask<typeof links.linkContract>('GET /v1/links/:node', { params: { node } });
  }

  rotateLinkKeys() {
    return this.ask<typeof links.rotateLinkKeysContract>('POST /v1/links/rotate', {});
  }

  nodeLogs(query: NodeLogsQuery) {
    return this.follow<typeof nodes.nodeLogsContract>('GET /v1/node/logs', { query });
  }

  summaries() {
    return this.ask<typeof applications.summariesContract>('GET /v1/applications', {});
  }

  status(project: string, services: Services = []) {
    const said = { params: { project }, query: { services } };
    return this.ask<typeof applications.statusContract>('GET /v1/applications/:project', said);
  }

  /** `during`: seconds. */
  chains(project: string, during?: number) {
    const said = { params: { project }, query: during === undefined ? {} : { during } };
    return this.ask<typeof chains.chainsContract>('GET /v1/applications/:project/chains', said);
  }

  proveChains(project: string, names: readonly string[]) {
    const said = { params: { project }, body: { chains: [...names] } };
    return this.ask<typeof chains.proveChainsContract>('POST /v1/applications/:project/chains/prove', said);
  }

  measured() {
    return this.ask<typeof measured.measuredContract>('GET /v1/measured', {});
  }

  remember(body: MeasuredNetworks) {
    return this.ask<typeof measured.rememberContract>('PUT /v1/measured', { body });
  }

  jobs(project: string) {
    const said = { params: { project } };
    return this.ask<typeof jobs.jobsContract>('GET /v1/applications/:project/jobs', said);
  }

  ranks(project: string, service: string) {
    const said = { params: { project, service } };
    return this.ask<typeof jobs.ranksContract>('GET /v1/applications/:project/jobs/:service/ranks', said);
  }

  onRanks(project: string, service: string, action: 'stop' | 'start') {
    const said = { params: { project, service }, body: { action } };
    return this.ask<typeof jobs.onRanksContract>('POST /v1/applications/:project/jobs/:service/ranks', said);
  }

  scaling(project: string) {
    const said = { params: { project } };
    return this.ask<typeof scaling.scalingContract>('GET /v1/applications/:project/scaling', said);
  }

  plan(body: UpRequest) {
    const said = { params: { project: body.spec.project }, body };
    return this.ask<typeof applications.planContract>('POST /v1/applications/:project/plan', said);
  }

  up(body: UpRequest, signal?: AbortSignal): AsyncGenerator<OperationEvent> {
    const said = { params: { project: body.spec.project }, body };
    return this.follow<typeof applications.upContract>('POST /v1/applications/:project/up', said, signal);
  }

  down(project: string, body: DownRequest, signal?: AbortSignal): AsyncGenerator<OperationEvent> {
    const said = { params: { project }, body };
    return this.follow<typeof applications.downContract>('POST /v1/applications/:project/down', said, signal);
  }

  onServices(
    verb: 'stop' | 'start' | 'restart',
    project: string,
    body: ServicesRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<OperationEvent> {
    type Verbs =
      | typeof applications.stopContract
      | typeof applications.startContract
      | typeof applications.restartContract;
    const said = { params: { project }, body };
    return this.follow<Verbs>(`POST /v1/applications/:project/${verb}`, said, signal);
  }

  logs(project: string, query: LogsQuery, signal?: AbortSignal) {
    const said = { params: { project }, query };
    return this.follow<typeof applications.logsContract>('GET /v1/applications/:project/logs', said, signal);
  }

  images(project: string, services: Services = []) {
    const said = { params: { project }, query: { services } };
    return this.ask<typeof images.imagesContract>('GET /v1/applications/:project/images', said);
  }

  buildImages(body: BuildRequest): AsyncGenerator<OperationEvent> {
    return this.follow<typeof images.buildContract>('POST /v1/images/build', { body });
  }

  pullImages(body: TransferRequest): AsyncGenerator<OperationEvent> {
    return this.follow<typeof images.pullContract>('POST /v1/images/pull', { body });
  }

  pushImages(body: TransferRequest): AsyncGenerator<OperationEvent> {
    return this.follow<typeof images.pushContract>('POST /v1/images/push', { body });
  }

  /**
   * Runs a program in a container; what it prints comes while what it reads is still being sent. It ends when the signal aborts.
   * @throws whatever reading the inputs does
   */
  async *exec(
    project: string,
    inputs: AsyncIterable<exec.ExecInput>,
    verb: 'exec' | 'attach' | 'run' = 'exec',
    signal?: AbortSignal,
  ): AsyncGenerator<exec.ExecOutput> {
    const body = Readable.from(jsonLines(inputs));
    // The answer may end before all was sent.
    const over = new AbortController();
    let unread: { readonly error: unknown } | undefined;
    body.on('error', (error) => {
      unread = { error };
      over.abort();
    });
    try {
      const target = targetOf(`/v1/applications/:project/${verb}`, { params: { project } });
      const gone = signal ? AbortSignal.any([over.signal, signal]) : over.signal;
      yield* this.lines<exec.ExecOutput>({ method: 'POST', target, body }, gone);
    } catch (error) {
      throw unread ? unread.error : error;
    } finally {
      over.abort();
      body.destroy();
    }
  }

  cost(project: string, since: number) {
    const said = { params: { project }, query: { since } };
    return this.ask<typeof nodes.costContract>('GET /v1/applications/:project/cost', said);
  }

  inspect(project: string, services: Services) {
    const said = { params: { project }, query: { services } };
    return this.ask<typeof nodes.inspectContract>('GET /v1/applications/:project/inspect', said);
  }

  /** Ends when the signal aborts, or the node does. */
  followEdgeServices(signal: AbortSignal): Lines<typeof edge.followEdgeServicesContract> {
    return this.follow<typeof edge.followEdgeServicesContract>('GET /v1/edge/services/follow', {}, signal);
  }
}

async function* jsonLines(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}
