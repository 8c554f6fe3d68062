import type { Command } from 'commander';
import type { ContainerStatus } from '../../api/messages.ts';
import { projectCommand } from '../command.ts';
import { type MakingOptions, makingRequest, scaleOf } from '../up-options.ts';

interface ScaleOptions extends MakingOptions {
  readonly quiet?: boolean;
}

export function scale(): Command {
  return projectCommand('scale', 'Change how many replicas services have; their agents come and go along')
    .argument('<service=number...>', 'services and their replicas', scaleOf)
    .option('--no-deps', 'leave out what the services depend on')
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (asked: Record<string, number>, options: ScaleOptions) => {
      const [{ readDescriptor, specFrom }, { connectNode }, { showProgress }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const descriptor = readDescriptor(options);
      const { name, services } = descriptor.application;
      const node = connectNode(options);
      const now = replicasOf(Object.keys(services), await node.status(name));
      const spec = specFrom(descriptor, options, { ...now, ...asked });
      const request = makingRequest(options, spec, descriptor, Object.keys(asked));
      const { steps } = await showProgress(node.up(request), options.quiet === true);
      if (steps === 0 && !options.quiet) process.stderr.write(`${name} has so many already\n`);
    });
}

/** How many replicas services have now: scaling one leaves the others as they are. */
export function replicasOf(
  services: readonly string[],
  containers: readonly ContainerStatus[],
): Record<string, number> {
  const counts = Object.fromEntries(services.map((service) => [service, 0]));
  for (const { role, service } of containers) {
    if (role === 'application' && service !== null && Object.hasOwn(counts, service)) counts[service]! += 1;
  }
  return counts;
}
