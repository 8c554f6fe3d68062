import type { DeployContext } from './context.ts';
import type { Observed } from './observed.ts';

/** Looks at everything of a project that exists, and at the images it needs. */
export async function observe({ engine, management, project, spec }: DeployContext): Promise<Observed> {
  const [objects, ports, images] = await Promise.all([
    engine.observe(project),
    management.ports(),
    Promise.all(
      Object.keys(spec.images).map(async (reference) => [reference, await engine.imageId(reference)]),
    ),
  ]);
  const present = images.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...objects, management: ports, images: Object.fromEntries(present) };
}
