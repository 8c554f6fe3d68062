import { expect, test, vi } from 'vitest';
import { Cluster } from '../../../test/support/cluster.ts';
import { until } from '../../../test/support/until.ts';
import { HostReport, hostKey } from './host-report.ts';

test('what a host has is said again when the state has lost it', async () => {
  const cluster = new Cluster();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const report = new HostReport(
    'a',
    cluster.state,
    async () => ({ taken: [] }),
    () => {},
  );
  const isSaid = async () => (await cluster.keys()).includes(hostKey('a'));
  try {
    report.start();
    await until('it is said', isSaid);
    const { revision } = (await cluster.state.get(hostKey('a'))) ?? {};
    await vi.advanceTimersByTimeAsync(15_000);
    // What is as it was is not said again.
    expect((await cluster.state.get(hostKey('a')))?.revision).toBe(revision);
    await cluster.state.commit([], [{ key: hostKey('a'), delete: true }]);
    await vi.advanceTimersByTimeAsync(15_000);
    await until('it is said again', isSaid, 2000);
  } finally {
    vi.useRealTimers();
    await report.stop();
    await cluster.close();
  }
});
