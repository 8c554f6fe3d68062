import { expect, test } from 'vitest';
import {
  deltaTopic,
  mayRead,
  mayWrite,
  snapshotTopic,
  telemetrySite,
  telemetryTopic,
  viewFilter,
} from './topics.ts';

test.each([
  ['gateway:oulu', viewFilter('gateway:oulu'), true],
  ['gateway:oulu', snapshotTopic('gateway:oulu'), true],
  ['gateway:oulu', deltaTopic('gateway:oulu', 300), true],
  ['gateway:oulu', 'heddle/edge/alive', true],
  ['gateway:oulu', 'heddle/edge/revocations', true],
  ['gateway:oulu', viewFilter('gateway:berlin'), false],
  ['gateway:oulu', 'heddle/edge/view/+/snapshot', false],
  ['gateway:oulu', 'heddle/edge/view/#', false],
  ['gateway:oulu', 'heddle/edge/view/gateway:oulu2/#', false],
  ['gateway:oulu', 'heddle/edge/#', false],
  ['gateway:oulu', '#', false],
  ['gateway:oulu', '$SYS/#', false],
  ['gateway:oulu', telemetryTopic('gateway:oulu', 'status'), false],
  ['gateway:+', 'heddle/edge/view/gateway:+/#', false],
  ['gateway:#', 'heddle/edge/alive', false],
  ['node:n1', viewFilter('node:n1'), true],
  ['node:n1', 'heddle/edge/alive', true],
  ['node:n1', viewFilter('gateway:n1'), false],
  ['node:n1', viewFilter('node:n2'), false],
  ['node:+', 'heddle/edge/view/node:+/#', false],
  ['broker', 'heddle/edge/alive', false],
  ['', 'heddle/edge/alive', false],
  ['controller', 'heddle/edge/telemetry/+/+', true],
  ['controller', '#', false],
])('%s reads %s: %s', (subject, filter, may) => expect(mayRead(subject, filter)).toBe(may));

test.each([
  ['gateway:oulu', telemetryTopic('gateway:oulu', 'status'), true],
  ['gateway:oulu', telemetryTopic('gateway:berlin', 'status'), false],
  ['gateway:oulu', 'heddle/edge/telemetry/gateway:oulu/more', false],
  ['gateway:oulu', snapshotTopic('gateway:oulu'), false],
  ['gateway:oulu', 'heddle/edge/alive', false],
  ['node:n1', telemetryTopic('node:n1', 'status'), true],
  ['node:n1', telemetryTopic('gateway:n1', 'status'), false],
  ['node:n1', snapshotTopic('node:n1'), false],
  ['broker', 'heddle/edge/alive', false],
  ['controller', snapshotTopic('gateway:oulu'), true],
])('%s writes %s: %s', (subject, topic, may) => expect(mayWrite(subject, topic)).toBe(may));

test('a topic of telemetry says whose it is', () => {
  expect(telemetrySite(telemetryTopic('gateway:oulu', 'status'))).toBe('oulu');
  expect(telemetrySite('heddle/edge/telemetry/oulu/status')).toBeUndefined();
  expect(telemetrySite(telemetryTopic('node:oulu', 'status'))).toBeUndefined();
});
