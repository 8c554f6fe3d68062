import type { ContainerStatus } from '../api/messages.ts';
import { HeddleError } from '../lib/errors.ts';

interface Asked {
  readonly service: string;
  readonly index: number | undefined;
  /** `80/tcp`. */
  readonly target: string;
}

/**
 * The addresses that a port of a replica is published at: `0.0.0.0:8080`.
 * @throws HeddleError ERR_SERVICE_NOT_RUNNING, ERR_PORT_UNPUBLISHED with the ports that are
 */
export function publishedAt(rows: readonly ContainerStatus[], { service, index, target }: Asked): string[] {
  const replica = rows
    .filter((row) => row.service === service && row.role === 'application' && !row.oneOff)
    .sort((a, b) => (a.index ?? 0) - (b.index ?? 0))
    .find((row) => index === undefined || row.index === index);
  if (!replica) {
    const which = index === undefined ? `service "${service}"` : `replica ${index} of service "${service}"`;
    throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${which} has no container`);
  }
  const published = replica.ports.map((text) => text.split('->'));
  const found = published.filter(([, inside]) => inside === target).map(([address = '']) => address);
  if (found.length > 0) return [...new Set(found)];
  const others = [...new Set(published.map(([, inside]) => inside))].join(', ');
  throw new HeddleError('ERR_PORT_UNPUBLISHED', `${replica.name} does not publish ${target}`, {
    hint: others === '' ? 'it publishes none; write `ports` in the file' : `it publishes ${others}`,
  });
}
