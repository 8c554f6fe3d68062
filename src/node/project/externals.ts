import type { Network } from '../../descriptor/application.ts';
import type { Descriptor } from '../../descriptor/index.ts';
import { type Diagnostic, InvalidInput } from '../../lib/errors.ts';
import { overriding } from '../../lib/overriding.ts';
import type * as standard from '../../networks/standard/network.ts';

type There = Pick<standard.Network, 'name' | 'archetype' | 'options'>;

export function namesExternals({ application }: Descriptor): boolean {
  return Object.values(application.networks).some(({ external }) => external);
}

/**
 * A project as it is with networks that somebody else has made (`heddle net create`): a file that calls one external need not say
 * of what archetype it is, nor whether it leads out; the engine's of the same name is meant by `archetype: engine`. `there`: those of Heddle's; whatever is none of them is the engine's. Pure.
 * @throws InvalidInput for one that is of another archetype than the file says
 */
export function withExternals(descriptor: Descriptor, there: readonly There[]): Descriptor {
  const byName = new Map(there.map((network) => [network.name, network]));
  const { application } = descriptor;
  const wrong: Diagnostic[] = [];
  const networks = Object.entries(application.networks).map(([key, network]): [string, Network] => {
    const found = network.external ? byName.get(network.name) : undefined;
    if (!found || network.archetype === 'engine') return [key, network];
    const { archetype, options } = found;
    if (network.archetype !== undefined && network.archetype !== archetype)
      wrong.push({
        severity: 'error',
        code: 'ERR_COMPOSE_CONFLICT',
        message: `networks.${key}.x-heddle.archetype: ${network.name} is there, and is of ${archetype}`,
        at: descriptor.at(['networks', key, 'x-heddle', 'archetype']),
      });
    return [
      key,
      { ...network, archetype, internal: options['internal'] === true, archetypeOptions: options },
    ];
  });
  if (wrong.length > 0) throw new InvalidInput(wrong);
  return overriding(descriptor, { application: { ...application, networks: Object.fromEntries(networks) } });
}
