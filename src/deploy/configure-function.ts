import { HeddleError } from '../lib/errors.ts';
import { type GuardedInterface, renderRuleset } from '../networks/firewall/ruleset.ts';
import { ownInterfaces } from '../networks/wire/wire.ts';
import { functionFolder, type PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { functionInputs } from './function-inputs.ts';

/** Renders a function's rules from what is there now, has it load them in one transaction, and notes that it did. */
export async function configureFunction(context: DeployContext, pod: PodSpec): Promise<void> {
  const { engine, folder, hash, project, spec } = context;
  const containers = await engine.containers(project);
  const inputs = functionInputs(spec, containers, pod);
  const agent = pod.containers[0];
  const holder = containers.find(
    (container) => pod.sandbox.kind === 'own' && container.name === pod.sandbox.name,
  );
  const guarded = containers.find((container) => container.name === `${pod.function?.pod}.sandbox`);
  if (!inputs || !agent || holder?.startedAt === undefined || guarded?.pid === undefined) {
    throw new HeddleError(
      'ERR_ENGINE',
      `${pod.name}: its sandbox or that of ${pod.function?.pod} does not run`,
    );
  }
  const interfaces = await guardedInterfaces(guarded.pid, inputs.own);
  await folder.write(
    `${functionFolder(pod.name)}/rules.nft`,
    renderRuleset(inputs.rules, interfaces, inputs.services),
  );
  const { exitCode, stdout, stderr } = await engine.exec(agent.name, ['nft', '-f', '/run/heddle/rules.nft']);
  if (exitCode !== 0) {
    throw new HeddleError('ERR_NETWORK', `${pod.name}: its rules were refused: ${(stderr || stdout).trim()}`);
  }
  const applied = { digest: hash(inputs), since: holder.startedAt };
  await folder.write(`${functionFolder(pod.name)}/applied.json`, JSON.stringify(applied));
}

/** The engine knows addresses by hardware address, the kernel interfaces. */
async function guardedInterfaces(
  pid: number,
  own: readonly { mac?: string; ipv4?: string; ipv6?: string }[],
): Promise<GuardedInterface[]> {
  return (await ownInterfaces(pid)).map(({ ifname, address }) => {
    const known = own.filter(({ mac }) => mac?.toLowerCase() === address.toLowerCase());
    return {
      name: ifname,
      mac: address,
      ipv4: known.flatMap(({ ipv4 }) => ipv4 ?? []),
      ipv6: known.flatMap(({ ipv6 }) => ipv6 ?? []),
    };
  });
}
