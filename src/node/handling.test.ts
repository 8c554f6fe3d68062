import { expect, test } from 'vitest';
import type { Applications } from './applications.ts';
import { handlingOf } from './handling.ts';
import { Operations } from './operations.ts';
import type { ServicesOperation } from './services-operation.ts';

test.each(['kill', 'pause', 'unpause'] as const)(
  '%s acts at once, and ends an up that waits',
  async (verb) => {
    const operations = new Operations();
    const acted: string[] = [];
    const operate = (_project: string, _services: unknown, _report: unknown, operation: ServicesOperation) =>
      operations.run(operation.kind, operation.verb, {}, async () => {
        acted.push(operation.verb);
      });
    const handling = handlingOf({ operate } as unknown as Applications);
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const up = operations.run('make', 'up', {}, async (signal) => {
      begin();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return signal.reason;
    });
    await begun;
    const report = () => {};
    if (verb === 'kill') await handling.kill('shop', { services: ['web'], signal: 'HUP' }, report);
    else await handling[verb]('shop', ['web'], report);
    expect(acted).toEqual([verb]);
    expect(await up).toBe(`${verb} took its place`);
  },
);
