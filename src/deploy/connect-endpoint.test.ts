import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import { connectEndpoint } from './connect-endpoint.ts';
import type { DeployContext } from './context.ts';

const spec = specOf(`
services: { web: { image: nginx, networks: [lab] } }
networks: { lab: { x-heddle: { archetype: ip } } }
`);
const [pod] = spec.pods;
const holder = { id: 'a', name: 'shop-web-1.sandbox', pid: process.pid } as ObservedContainer & {
  pid: number;
};

/** Makes endpoints that come to this, one time after the other; `said`: what was asked of the networking service. */
function answering(...outcomes: readonly ('ready' | 'pending' | 'gone')[]) {
  const said: string[] = [];
  const left = [...outcomes];
  const create = async () => {
    said.push('endpoint');
    const next = left.length > 1 ? left.shift() : left[0];
    if (next === 'gone') throw new HeddleError('ERR_RESOURCE_UNKNOWN', 'network shop_lab: there is none');
    return { revision: 1, status: { phase: next, observed: {} } };
  };
  const networking = {
    networks: { create: async () => void said.push('network') },
    endpoints: () => ({ create }),
  };
  const context = { networking, spec, project: 'shop', hash: JSON.stringify } as unknown as DeployContext;
  return { said, connect: () => connectEndpoint(context, pod!, 'shop_lab', holder) };
}

describe('a sandbox’s endpoint', () => {
  test('is waited for, and nothing comes into the sandbox without it', async () => {
    const slow = answering('pending', 'pending', 'ready');
    await slow.connect();
    expect(slow.said).toHaveLength(3);
    await expect(answering('pending').connect()).rejects.toMatchObject({ code: 'ERR_NODE_AWAY' });
  });

  test('has its network made again that another node has removed meanwhile', async () => {
    const overtaken = answering('gone', 'ready');
    await overtaken.connect();
    expect(overtaken.said).toEqual(['endpoint', 'network', 'endpoint']);
    await expect(answering('gone').connect()).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
  });
});
