import type { UpRequest } from '../../api/messages.ts';
import type { FilesWanted, MakeRequest } from '../../api/project.ts';
import type { Descriptor } from '../../descriptor/index.ts';
import type { Diagnostic } from '../../lib/errors.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { withChosen } from '../../selector/auto.ts';
import type { Applications } from '../applications.ts';
import { namesExternals, withExternals } from './externals.ts';
import { followedReplicas } from './followed.ts';
import { originOf } from './origin.ts';
import { readSource, selectSource } from './read.ts';
import { replicasOf } from './replicas.ts';
import { upRequest } from './up-request.ts';

/** What projects are read and selected with. */
export type Maker = Pick<Applications, 'engine' | 'networks' | 'status' | 'desired' | 'measured'>;

/** A project with what is known of networks that it names and somebody else has made, and with what is chosen for those that it leaves open. */
export async function placed(maker: Maker, descriptor: Descriptor): Promise<Descriptor> {
  const { application } = descriptor;
  const { networks: before = [] } = maker.desired(application.name)?.spec ?? {};
  const chosen = withChosen(application, {
    archetypes,
    measured: maker.measured(),
    now: Date.now(),
    usual: maker.engine.offers.has('networks') ? undefined : 'ip',
    current: (network) => before.find(({ name }) => name === network)?.owner,
  });
  const whole = { ...descriptor, application: chosen };
  return namesExternals(whole) ? withExternals(whole, await maker.networks()) : whole;
}

export function engineOf({ engine: { kind, endpoint, offers } }: Maker) {
  return { name: `${kind} at ${endpoint}`, offers };
}

/**
 * What a project is made from, with as many replicas as are asked for; without that, those that follow metrics stay as many as they are.
 * @throws InvalidInput with all that is wrong
 */
export async function prepareMake(
  maker: Maker,
  request: MakeRequest,
): Promise<{ readonly up: UpRequest; readonly warnings: readonly Diagnostic[] } | FilesWanted> {
  const read = readSource(request.project, request.services);
  if ('wanted' in read) return read;
  const descriptor = await placed(maker, read);
  const { name, services } = descriptor.application;
  const now = request.keepScale ? replicasOf(Object.keys(services), await maker.status(name)) : {};
  const scale = { ...followedReplicas(services, maker.desired(name)?.spec, now), ...request.scale };
  const spec = selectSource(descriptor, request.project, { engine: engineOf(maker), scale });
  const origin = spec.scaling && originOf(request.project, descriptor);
  return {
    up: { ...upRequest(request, spec, descriptor), ...(origin && { origin }) },
    warnings: descriptor.warnings,
  };
}
