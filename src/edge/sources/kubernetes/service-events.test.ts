import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../../../engines/kubernetes/api-error.ts';
import type { Notice } from '../source.ts';
import { ServiceEvents } from './service-events.ts';

const web = { namespace: 'shop', name: 'web', uid: 'u1' };
const warning = (message: string): Notice => ({ reason: 'PortTaken', isWarning: true, message });
const times = { apart: 10, again: 1000, pause: 100 };
const ask = vi.fn<(method: string, path: string, body: object | undefined) => Promise<unknown>>();
const remark = vi.fn();
let events: ServiceEvents;

beforeEach(() => {
  vi.useFakeTimers();
  ask.mockReset().mockResolvedValue({});
  remark.mockReset();
  events = new ServiceEvents({ ask }, remark, times);
});
afterEach(() => {
  events.close();
  vi.useRealTimers();
});
const said = () => ask.mock.calls.map(([, , body]) => (body as { note: string }).note);

test('what is to be said is an event on the Service', async () => {
  events.take([[web, [warning('the port 7001/tcp is not given')]]]);
  await vi.advanceTimersByTimeAsync(5);
  expect(ask).toHaveBeenCalledExactlyOnceWith(
    'POST',
    '/apis/events.k8s.io/v1/namespaces/shop/events',
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: expect.stringMatching(/^web\.[0-9a-f]{16}$/), namespace: 'shop' },
      eventTime: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
      reportingController: 'heddle.io/edge-controller',
      reportingInstance: expect.any(String),
      action: 'Publish',
      reason: 'PortTaken',
      regarding: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', uid: 'u1' },
      note: 'the port 7001/tcp is not given',
      type: 'Warning',
    },
    expect.any(AbortSignal),
  );
});

test('it is said once, and again when it may have been forgotten, as long as it holds', async () => {
  events.take([[web, [warning('a'), warning('b')]]]);
  events.take([[web, [warning('a'), warning('b')]]]);
  await vi.advanceTimersByTimeAsync(900);
  expect(said()).toEqual(['a', 'b']);
  events.take([[web, [warning('b')]]]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(said()).toEqual(['a', 'b', 'b']);
  events.take([]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(said()).toHaveLength(3);
});

test('what comes later is said at once, and not all at once', async () => {
  events.take([[web, [warning('a')]]]);
  await vi.advanceTimersByTimeAsync(50);
  events.take([[web, [warning('a'), warning('b'), warning('c')]]]);
  await vi.advanceTimersByTimeAsync(5);
  expect(said()).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(10);
  expect(said()).toEqual(['a', 'b', 'c']);
});

test('what was said before, by whomever, is said', async () => {
  ask.mockRejectedValue(new ApiError(409, 'it is there'));
  events.take([[web, [warning('a')]]]);
  await vi.advanceTimersByTimeAsync(500);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(remark).not.toHaveBeenCalled();
});

test('a right that is missing is told of once, with how it is given, and it is tried again', async () => {
  ask.mockRejectedValue(new ApiError(403, 'events.events.k8s.io is forbidden'));
  events.take([[web, [warning('a')]]]);
  await vi.advanceTimersByTimeAsync(350);
  expect(ask.mock.calls.length).toBeGreaterThan(1);
  expect(remark).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(
      /cannot be written: 403 events.*forbidden \(the roles .*: kubectl apply -f packaging.kubernetes.heddle-edge\.yaml\)/,
    ),
  );
  ask.mockResolvedValue({});
  await vi.advanceTimersByTimeAsync(200);
  const count = ask.mock.calls.length;
  await vi.advanceTimersByTimeAsync(500);
  expect(ask).toHaveBeenCalledTimes(count);
});

test('text is cut to what the API server takes', async () => {
  events.take([[web, [warning(`x${'ä'.repeat(5000)}`)]]]);
  await vi.advanceTimersByTimeAsync(5);
  const bytes = Buffer.from(said()[0] ?? '').length;
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThanOrEqual(1024);
  expect(said()[0]).toMatch(/^xä+$/);
});
