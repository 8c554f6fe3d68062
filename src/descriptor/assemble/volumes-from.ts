import type { VolumesFrom } from '../application.ts';
import type { ServiceJob } from './context.ts';

/** `volumes_from`: `SERVICE[:ro]` or `container:NAME[:ro]`. That a service is there is checked as a dependency. */
export function toVolumesFrom({ compose }: ServiceJob): VolumesFrom[] {
  return (compose.volumes_from ?? []).map((written) => {
    const readOnly = written.endsWith(':ro');
    const source = written.replace(/:r[ow]$/, '');
    return source.startsWith('container:')
      ? { container: source.slice('container:'.length), readOnly }
      : { service: source, readOnly };
  });
}
