import type { BuildRequest, ContainerImage, OperationEvent, TransferRequest } from '../api/messages.ts';
import { imagesPlan, transferPlan } from '../deploy/plan/images.ts';
import { shownPlan } from '../deploy/plan/shown.ts';
import { runPlan } from '../deploy/run.ts';
import type { Engine } from '../engines/engine.ts';
import { label } from '../lib/labels.ts';
import { emptySpec } from '../selector/empty-spec.ts';
import type { Applications } from './applications.ts';
import { expectServices } from './known-names.ts';

/** The images that the containers of an application were made from. */
export async function imagesOf(
  applications: Applications,
  project: string,
  services: readonly string[],
): Promise<ContainerImage[]> {
  const all = await applications.containers(project);
  expectServices(
    project,
    services,
    all.map(({ labels }) => labels[label.service] ?? null),
  );
  const containers = all.filter(
    ({ labels }) => services.length === 0 || services.includes(labels[label.service] ?? ''),
  );
  const ids = [...new Set(containers.map(({ imageId }) => imageId))];
  const found = await Promise.all(
    ids.map(async (id) => [id, await applications.engine.images.find(id)] as const),
  );
  const images = new Map(found);
  return containers.map(({ name, labels, image: reference, imageId }) => {
    const image = images.get(imageId);
    // A name may have moved on to another image since.
    const named = image?.names.includes(withTag(reference)) ? splitName(withTag(reference)) : undefined;
    return {
      container: name,
      service: labels[label.service] ?? null,
      role: labels[label.role] ?? '',
      repository: named?.repository ?? null,
      tag: named?.tag ?? null,
      id: imageId,
      size: image?.size ?? null,
    };
  });
}

/** Builds those of the images asked for that are missing, or all of them anew. */
export async function buildImages(
  applications: Applications,
  { images, wanted, noCache, anew }: BuildRequest,
  report: (event: OperationEvent) => void,
): Promise<void> {
  const { engine } = applications;
  const present = await presentOf(engine, Object.keys(images));
  const reason = anew ? 'build was asked for' : undefined;
  const plan = imagesPlan(images, present, wanted, noCache === true, reason);
  report({ type: 'plan', plan: shownPlan(plan) });
  await runPlan(applications.context(emptySpec(plan.project)), plan, report);
}

/** Pulls images from their registries, or pushes them there. */
export async function transferImages(
  applications: Applications,
  kind: 'pullImage' | 'pushImage',
  { wanted, missing }: TransferRequest,
  report: (event: OperationEvent) => void,
): Promise<void> {
  const present = missing ? await presentOf(applications.engine, wanted) : new Set<string>();
  const plan = transferPlan(
    kind,
    wanted.filter((reference) => !present.has(reference)),
  );
  report({ type: 'plan', plan: shownPlan(plan) });
  await runPlan(applications.context(emptySpec(plan.project)), plan, report);
}

async function presentOf(engine: Engine, references: readonly string[]): Promise<Set<string>> {
  const present = await Promise.all(
    references.map(async (reference) => ((await engine.images.find(reference)) ? [reference] : [])),
  );
  return new Set(present.flat());
}

function withTag(reference: string): string {
  return /[:@][^/]*$/.test(reference) ? reference : `${reference}:latest`;
}

function splitName(reference: string): { repository: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}
