import { expect, test, vi } from 'vitest';
import { HeddleError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { campaign, type LeaseStore } from './campaign.ts';
import type { Lease } from './lease.ts';

test('why it waits is told once; what hinders it is an error', async () => {
  const log = createLog();
  const info = vi.spyOn(log, 'info').mockReturnValue();
  const error = vi.spyOn(log, 'error').mockReturnValue();
  const lease = {} as Lease;
  const problem = new HeddleError('ERR_EDGE_LEASE', '403 leases is forbidden', { hint: 'give the right' });
  const attempt = vi
    .fn<LeaseStore['attempt']>()
    .mockResolvedValueOnce('two is in charge')
    .mockRejectedValueOnce(problem)
    .mockRejectedValueOnce(problem)
    .mockResolvedValue(lease);
  expect(await campaign({ attempt }, 'one', [], new AbortController().signal, log, 1)).toBe(lease);
  expect(info.mock.calls).toEqual([[{}, 'waiting: two is in charge']]);
  expect(error.mock.calls).toEqual([
    [{ code: 'ERR_EDGE_LEASE', hint: 'give the right' }, 'waiting: 403 leases is forbidden'],
  ]);
});
