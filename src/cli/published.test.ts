import { expect, test } from 'vitest';
import type { ContainerStatus } from '../api/messages.ts';
import { publishedAt } from './published.ts';

const row = (index: number, ports: string[], more: Partial<ContainerStatus> = {}) =>
  ({
    name: `shop-web-${index}`,
    service: 'web',
    role: 'application',
    index,
    oneOff: false,
    ports,
    ...more,
  }) as ContainerStatus;
const rows = [
  row(2, ['0.0.0.0:8081->80/tcp']),
  row(1, ['127.0.0.1:8080->80/tcp', '[::1]:8080->80/tcp', '0.0.0.0:53->53/udp']),
  row(1, ['0.0.0.0:9->80/tcp'], { oneOff: true, name: 'shop-web-run-1' }),
];
const at = (target: string, index?: number) => publishedAt(rows, { service: 'web', index, target });

test('a port is published where the first replica has it, or the one that is named', () => {
  expect(at('80/tcp')).toEqual(['127.0.0.1:8080', '[::1]:8080']);
  expect(at('53/udp')).toEqual(['0.0.0.0:53']);
  expect(at('80/tcp', 2)).toEqual(['0.0.0.0:8081']);
});

test('one that is not says which are', () => {
  expect(() => at('53/tcp')).toThrow(
    expect.objectContaining({ code: 'ERR_PORT_UNPUBLISHED', hint: 'it publishes 80/tcp, 53/udp' }),
  );
  expect(() => at('80/tcp', 3)).toThrow('replica 3 of service "web" has no container');
});
