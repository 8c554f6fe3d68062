import { HeddleError } from '../../lib/errors.ts';
import type { Applications } from '../applications.ts';
import { bringUp } from '../bring-up.ts';
import { attachedSpec, type Desired } from '../desired.ts';
import { prepareMake } from '../project/making.ts';

/** That a service is to have so many replicas. */
export interface Step {
  readonly service: string;
  readonly to: number;
  /** What is wanted of the application where that was decided. */
  readonly from: Desired;
}

/**
 * Does what `heddle scale` does, by the node itself: it gives way to whoever asks for something else, and replaces no container. Not
 * done where something else is wanted by now.
 * @returns whether it was done
 * @throws InvalidInput, and whatever making an application throws
 */
export async function takeStep(
  applications: Applications,
  { service, to, from }: Step,
  origin: NonNullable<Desired['origins']>[string],
): Promise<boolean> {
  const prepared = await prepareMake(applications, {
    project: origin,
    services: [service],
    scale: { [service]: to },
    keepScale: true,
    noDeps: true,
    recreate: 'never',
  });
  if ('wanted' in prepared) throw lackingError(prepared.wanted.map(({ path }) => path));
  const { project } = from.spec;
  // Agents that were taken away stay away: nobody asked for them.
  const { detached } = from;
  const away = detached && { detached };
  const make = { ...prepared.up, spec: attachedSpec({ ...from, spec: prepared.up.spec }), origin };
  return applications.exclusively(
    project,
    async ({ want }, signal) => {
      if (applications.desired(project) !== from) return false;
      const contextOf = applications.context.bind(applications);
      const wantStill = (desired: Desired) => want({ ...desired, ...away });
      await bringUp(make, from, { contextOf, want: wantStill, signal }, () => {});
      return true;
    },
    undefined,
    'heal',
  );
}

/** It was read from these files before, by a node of another version at the most. */
function lackingError(paths: readonly string[]): HeddleError {
  return new HeddleError('ERR_FILE_NOT_FOUND', `${paths.join(', ')} was not sent with the project`, {
    hint: 'run `heddle up` with its file',
  });
}
