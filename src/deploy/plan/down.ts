import type { Observed } from '../observed.ts';
import type { Plan } from '../step.ts';
import { PlanBuilder } from './builder.ts';
import { removeContainers } from './removal.ts';

/** Removes everything of a project that is Heddle's; volumes and collected data only with `volumes`. */
export function downPlan(project: string, observed: Observed, volumes: boolean): Plan {
  const builder = new PlanBuilder();
  const reason = 'down was asked for';
  const removed = removeContainers(
    { builder, observed },
    observed.containers,
    reason,
    volumes ? 'remove' : 'keep',
  );
  for (const network of observed.networks.filter((candidate) => candidate.own)) {
    builder.add('removeNetwork', network.name, { name: network.name }, reason, removed);
  }
  builder.add('removeManagement', project, {}, reason, removed);
  if (observed.guard !== undefined) builder.add('removeGuard', project, {}, reason, removed);
  builder.add('removeState', project, { keepVolumes: !volumes }, reason, removed);
  if (volumes) {
    for (const volume of observed.volumes.filter((candidate) => candidate.own)) {
      builder.add('removeVolume', volume.name, { name: volume.name }, reason, removed);
    }
  }
  return builder.build(project);
}
