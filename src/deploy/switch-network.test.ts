import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { HeddleError } from '../lib/errors.ts';
import type { DeployContext } from './context.ts';
import { observeSwitches } from './switch-network.ts';

const spec = specOf(`
services: { web: { image: nginx, networks: [lab] } }
networks: { lab: { x-heddle: { archetype: sdn } } }
`);
const existing = [{ name: 'shop_lab', own: true, owner: 'ip' }];
const looked = (answer: () => Promise<unknown>) =>
  observeSwitches(
    { spec, networking: { switch: answer } as unknown as DeployContext['networking'] },
    existing,
  );
const failing = (code: 'ERR_RESOURCE_INVALID' | 'ERR_STATE_UNREACHABLE') =>
  looked(() => Promise.reject(new HeddleError(code, 'why')));

test('what a network would lose is asked of whoever has it', async () => {
  const lost = [{ of: 'endpoint web', what: 'port 8080' }];
  expect(await looked(async () => ({ lost }))).toEqual({ shop_lab: { lost: ['endpoint web: port 8080'] } });
});

test('one that cannot become it is made anew, and says why', async () => {
  expect(await failing('ERR_RESOURCE_INVALID')).toEqual({ shop_lab: { refused: 'why' } });
});

test('what passes again by itself makes nothing anew: it fails', async () => {
  await expect(failing('ERR_STATE_UNREACHABLE')).rejects.toMatchObject({ code: 'ERR_STATE_UNREACHABLE' });
});
