import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Engine } from '../engines/engine.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { HeddleError, SeveralErrors, toHeddleError } from '../lib/errors.ts';
import type { ContainerSpec, PortSpec } from '../selector/spec.ts';
import { refuseUnmakeable } from './bind-source.ts';
import type { DeployContext } from './context.ts';
import type { Observed } from './observed.ts';
import type { Plan, Step } from './step.ts';

/**
 * Finds out before the first step what would stop a later one: names, ports, images and sources of mounts.
 * @throws HeddleError ERR_NAME_IN_USE, ERR_PORT_IN_USE, ERR_IMAGE_MISSING, ERR_BIND_SOURCE; several of them as one
 */
export async function preflight(context: DeployContext, observed: Observed, plan: Plan): Promise<void> {
  const names = takenNames(context.engine, observed);
  const checks = plan.steps.flatMap((step) => checksOf(context, observed, plan, step, names));
  const outcomes = await Promise.allSettled(checks);
  const errors = outcomes.flatMap((one) => (one.status === 'rejected' ? [toHeddleError(one.reason)] : []));
  const [first] = errors;
  if (first && errors.length === 1) throw first;
  if (first) throw new SeveralErrors(first.code, `${plan.project} cannot be made as its file says`, errors);
}

function checksOf(
  { engine }: DeployContext,
  { containers }: Observed,
  plan: Plan,
  step: Step,
  isTaken: (name: string) => Promise<boolean>,
): Promise<void>[] {
  const unnamed = async (name: string) => {
    if (await isTaken(name))
      throw new HeddleError('ERR_NAME_IN_USE', `there is a container ${name} that is not of ${plan.project}`);
  };
  switch (step.kind) {
    case 'createContainer':
      return [
        unnamed(step.args.container.name),
        refuseImpossible(engine, step.args.container),
        ...(engine.offers.has('host') ? refuseSources(step.args.container) : []),
      ];
    case 'createSandbox': {
      const { sandbox } = step.args.pod;
      if (sandbox.kind !== 'own') return [];
      const held = portsOf(containers);
      // Elsewhere it is the engine that knows.
      const here = engine.offers.has('host') ? sandbox.ports : [];
      const ports = here.filter(({ published, protocol }) => !held.has(`${published}/${protocol}`));
      return [unnamed(sandbox.name), ...ports.map((port) => refuseTaken(step.args.pod.name, port))];
    }
    case 'obtainImage': {
      const { reference, source } = step.args;
      if (source.kind !== 'registry' || source.policy !== 'never') return [];
      const message = `the image ${reference} is not present, and is neither to be pulled nor to be built`;
      return [Promise.reject(new HeddleError('ERR_IMAGE_MISSING', message))];
    }
    default:
      return [];
  }
}

/** Tells of a name whether a container of somebody else has it. All are listed at once, and only if it has to be known. */
function takenNames({ workloads }: Engine, { containers }: Observed): (name: string) => Promise<boolean> {
  const own = new Set(containers.map(({ name }) => name));
  let all: Promise<ReadonlySet<string>> | undefined;
  return async (name) => {
    if (own.has(name)) return false;
    all ??= workloads.containerNames();
    return (await all).has(name);
  };
}

async function refuseImpossible(engine: Engine, container: ContainerSpec): Promise<void> {
  const why = engine.workloads.cannot(container);
  if (why !== undefined) throw new HeddleError('ERR_COMPOSE_UNSUPPORTED', `${container.name}: ${why}`);
}

/** Of what is not there and would be made, once a source: containers may share one. */
function refuseSources({ mounts }: ContainerSpec): Promise<void>[] {
  const sources = mounts.flatMap((mount) =>
    mount.type === 'bind' && mount.createSource ? [mount.source] : [],
  );
  return [...new Set(sources)].map((source) => refuseUnmakeable(source));
}

/** What containers of the project publish: it goes with them, or stays theirs. */
function portsOf(containers: readonly ObservedContainer[]): Set<string> {
  return new Set(
    containers.flatMap(({ ports }) =>
      ports.map(({ host, target }) => `${host.slice(host.lastIndexOf(':') + 1)}/${target.split('/')[1]}`),
    ),
  );
}

/** Whether something on this host has the port: found out by asking for it for a moment. */
async function refuseTaken(pod: string, { published, protocol, hostIp }: PortSpec): Promise<void> {
  if (published === undefined || protocol === 'sctp') return;
  const code = await (protocol === 'tcp' ? listenOnce(published, hostIp) : bindOnce(published, hostIp));
  if (code !== 'EADDRINUSE') return;
  const where = hostIp === undefined ? `${published}` : `${hostIp}:${published}`;
  throw new HeddleError(
    'ERR_PORT_IN_USE',
    `${pod}: port ${where}/${protocol} of this host is taken by another program`,
  );
}

function listenOnce(port: number, host = '0.0.0.0'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function bindOnce(port: number, address = '0.0.0.0'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}
