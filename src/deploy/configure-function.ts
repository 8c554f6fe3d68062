import type { ObservedAddress, ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import { bridgeIdentity } from '../networks/path/guard/guard.ts';
import { kindNamed } from '../networks/path/kinds.ts';
import type { Leg } from '../networks/path/leg.ts';
import { waysOf } from '../networks/path/ways.ts';
import { sandboxName } from '../selector/pod-names.ts';
import { functionFolder, type PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { withFar } from './far.ts';
import { type FunctionInputs, functionInputs } from './function-inputs.ts';

/** Renders a function's configuration from what is there now, and has it applied, all or nothing. */
export async function configureFunction(context: DeployContext, pod: PodSpec): Promise<void> {
  const { engine, folder, hash, project, spec } = context;
  const containers = await engine.workloads.containers(project);
  const inputs = functionInputs(spec, await withFar(context, containers), pod);
  const agent = pod.containers[0];
  const holder = containers.find(
    (container) => pod.sandbox.kind === 'own' && container.name === pod.sandbox.name,
  );
  const { function: fn } = pod;
  const guardedName = fn && sandboxName(fn.pod);
  const guarded = containers.find((container) => container.name === guardedName);
  if (!fn || !inputs || !agent || holder === undefined || guarded?.pid === undefined) {
    throw new HeddleError('ERR_ENGINE', `${pod.name}: its sandbox or that of ${fn?.pod} does not run`);
  }
  const legs = await legsOf(context, pod, { guarded, inputs });
  const { configuration } = kindNamed(fn.kind);
  if (!configuration) return;
  const files = Object.entries(configuration.render(fn.settings, legs, hash(inputs)));
  for (const [name, content] of files) await folder.write(`${functionFolder(pod.name)}/${name}`, content);
  const { exitCode, stdout, stderr } = await engine.console.exec(agent.name, configuration.apply);
  if (exitCode !== 0) {
    throw new HeddleError('ERR_NETWORK', `${pod.name}: its rules were refused: ${(stderr || stdout).trim()}`);
  }
}

interface Ends {
  readonly guarded: ObservedContainer;
  readonly inputs: FunctionInputs;
}

/** The engine knows addresses by network, the kernel interfaces by bridge. A way that no network is known for stays shut. */
async function legsOf(
  { engine, project }: DeployContext,
  { name, function: fn }: PodSpec,
  { guarded, inputs }: Ends,
): Promise<Leg[]> {
  const pod = fn?.pod ?? '';
  const [found, bridges] = await Promise.all([
    waysOf(project, [{ pod, pid: guarded.pid ?? 0 }]),
    Promise.all(inputs.own.map(({ network }) => engine.host.bridgeOf(network))),
  ]);
  const ways = found.get(pod) ?? [];
  const unbridged = inputs.own.find((_, index) => bridges[index] === undefined);
  if (unbridged) {
    throw new HeddleError(
      'ERR_FEATURE_IMPOSSIBLE',
      `${pod}: ${unbridged.network} is no bridge network, and ${name} cannot stand in its path there`,
      { hint: 'put the service on bridge networks only, or remove the feature' },
    );
  }
  const missing = inputs.own.find((_, index) => !ways.some(({ bridge }) => bridge === bridges[index]));
  // With rules that know nothing of it, nothing would pass there for good.
  if (missing)
    throw new HeddleError(
      'ERR_NETWORK',
      `${pod}: its interface on the network ${missing.network} is not there`,
    );
  const legs = ways.map(async ({ id, bridge }): Promise<Leg[]> => {
    const own = inputs.own.filter((_, index) => bridges[index] === bridge);
    const [first] = own;
    if (first?.mac === undefined) return [];
    const gateway = await bridgeIdentity(bridge);
    if (!gateway)
      throw new HeddleError(
        'ERR_NETWORK',
        `${pod}: the bridge ${bridge} of the network ${first.network} is gone`,
      );
    const { mac, cidrs } = gateway;
    return [
      {
        id,
        network: first.network,
        mac: first.mac,
        ipv4: addresses(own, 'ipv4'),
        ipv6: addresses(own, 'ipv6'),
        gateway: {
          mac,
          ipv4: cidrs.filter((cidr) => !cidr.includes(':')),
          ipv6: cidrs.filter((cidr) => cidr.includes(':')),
        },
        neighbours: inputs.neighbours[first.network] ?? [],
      },
    ];
  });
  return (await Promise.all(legs)).flat();
}

function addresses(own: readonly ObservedAddress[], family: 'ipv4' | 'ipv6'): string[] {
  return own.flatMap((address) => address[family] ?? []);
}
