import { expect, test } from 'vitest';
import type { ContainerStatus } from '../../api/messages.ts';
import { replicasOf } from './replicas.ts';

const container = (service: string | null, role: string) => ({ service, role }) as ContainerStatus;

test('services have as many replicas as they have containers of their own', () => {
  const containers = [
    container('web', 'application'),
    container('web', 'application'),
    container('web', 'sandbox'),
    container('web', 'agent'),
    container(null, 'collector'),
    container('gone', 'application'),
  ];
  expect(replicasOf(['web', 'db'], containers)).toEqual({ web: 2, db: 0 });
});
