import type { DownRequest } from '../api/messages.ts';
import type { Observed } from '../deploy/observed.ts';
import { type DownOptions, downPlan } from '../deploy/plan/down.ts';
import { orphansOf } from '../deploy/plan/orphans.ts';
import { scopeOf, servicesOf } from '../deploy/scope.ts';
import type { Plan } from '../deploy/step.ts';
import { label } from '../lib/labels.ts';
import { emptySpec } from '../selector/empty-spec.ts';
import { refuseClash } from './clash.ts';
import type { Desired } from './desired.ts';
import { leavingImages } from './leaving-images.ts';

/** What `down` is going to do, and what is still wanted then. */
export interface TakingDown {
  readonly plan: Plan;
  readonly wanted: Desired | undefined;
}

/**
 * Plans what a request takes down. Pure but for whether files are still where they were.
 * @throws HeddleError ERR_PROJECT_CLASH
 */
export function prepareDown(
  project: string,
  request: DownRequest,
  before: Desired | undefined,
  observed: Observed,
): TakingDown {
  const { file, removeOrphans } = request;
  const named = request.services ?? [];
  if (file) refuseClash(project, file, before?.spec.source, observed.containers);
  const all = new Set([
    ...(before ? servicesOf(before.spec) : []),
    ...observed.containers.flatMap(({ labels }) => labels[label.service] ?? []),
  ]);
  const inFile = new Set(file?.services);
  const going = [...all].filter((service) =>
    named.length > 0 ? named.includes(service) : !file || removeOrphans || inFile.has(service),
  );
  const left = before && reduced(before, going);
  const pods = new Set(left?.spec.pods.map(({ name }) => name));
  const leaving = observed.containers.filter(({ labels }) => {
    const service = labels[label.service];
    // What has no service gathers for those that have one.
    return service === undefined
      ? !pods.has(labels[label.pod] ?? '') && going.length > 0
      : going.includes(service);
  });
  const images = request.images && leavingImages(request.images, before?.spec, { project, going, observed });
  const options: DownOptions = {
    volumes: request.volumes === true,
    leaving: all.size === 0 ? observed.containers : leaving,
    keep: new Set(left?.spec.volumes.map(({ name }) => name)),
    partial: named.length > 0,
    images: images?.leaving ?? [],
    ...(request.timeout !== undefined && { grace: request.timeout }),
  };
  const plan = downPlan(project, observed, options);
  const orphans = named.length > 0 || removeOrphans || !file ? [] : staying(project, inFile, observed);
  const warnings = [...orphans, ...(images?.warnings ?? [])];
  return {
    plan: { ...plan, warnings },
    wanted: named.length > 0 ? before && stoppedToo(before, going) : left,
  };
}

/** What is wanted without some services; nothing when none is left. */
function reduced(before: Desired, going: readonly string[]): Desired | undefined {
  const next = { ...emptySpec(before.spec.project), source: before.spec.source };
  const { spec } = scopeOf(next, before.spec, { services: going.length > 0 ? going : [''], noDeps: true });
  return spec.pods.length === 0 ? undefined : { ...before, spec };
}

function stoppedToo(before: Desired, services: readonly string[]): Desired {
  return { ...before, stopped: [...new Set([...before.stopped, ...services])] };
}

function staying(project: string, inFile: ReadonlySet<string>, { containers }: Observed): string[] {
  const orphans = orphansOf(containers, inFile);
  if (orphans.size === 0) return [];
  const texts = [...orphans].map(([service, names]) => `${service} (${names.join(', ')})`);
  return [
    `the project ${project} has services that are not in its file: ${texts.join(', ')}; they stay, and the networks that they are on; --remove-orphans removes them`,
  ];
}
