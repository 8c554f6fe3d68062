import type { Health } from '../health/pulse.ts';
import type { ServiceView } from '../view/view.ts';
import type { BackendFigures } from './figures.ts';
import { backendName } from './routes.ts';

/**
 * What the checks of a proxy say of the copies of a service, by the key of a target. A copy stands and falls with its first
 * TCP port, as in the gateway's own checks.
 * @param backends by name
 */
export function seenByProxy(
  view: ServiceView,
  backends: ReadonlyMap<string, BackendFigures>,
): (target: string) => Health {
  const port = view.ports.find(({ protocol }) => protocol === 'tcp');
  const servers = port && backends.get(backendName(view, port))?.servers;
  return (target) => {
    const answers = servers?.get(target);
    return answers === undefined ? undefined : answers ? 'up' : 'down';
  };
}
