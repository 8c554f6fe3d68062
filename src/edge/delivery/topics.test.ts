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
  ['gateway:oulu', viewFilter('oulu'), true],
  ['gateway:oulu', snapshotTopic('oulu'), true],
  ['gateway:oulu', deltaTopic('oulu', 300), true],
  ['gateway:oulu', 'heddle/edge/alive', true],
  ['gateway:oulu', 'heddle/edge/revocations', true],
  ['gateway:oulu', viewFilter('berlin'), false],
  ['gateway:oulu', 'heddle/edge/view/+/snapshot', false],
  ['gateway:oulu', 'heddle/edge/view/#', false],
  ['gateway:oulu', 'heddle/edge/view/gateway:oulu2/#', false],
  ['gateway:oulu', 'heddle/edge/#', false],
  ['gateway:oulu', '#', false],
  ['gateway:oulu', '$SYS/#', false],
  ['gateway:oulu', telemetryTopic('oulu', 'status'), false],
  ['gateway:+', 'heddle/edge/view/gateway:+/#', false],
  ['gateway:#', 'heddle/edge/alive', false],
  ['broker', 'heddle/edge/alive', false],
  ['', 'heddle/edge/alive', false],
  ['controller', 'heddle/edge/telemetry/+/+', true],
  ['controller', '#', false],
])('%s reads %s: %s', (subject, filter, may) => expect(mayRead(subject, filter)).toBe(may));

test.each([
  ['gateway:oulu', telemetryTopic('oulu', 'status'), true],
  ['gateway:oulu', telemetryTopic('berlin', 'status'), false],
  ['gateway:oulu', 'heddle/edge/telemetry/gateway:oulu/more', false],
  ['gateway:oulu', snapshotTopic('oulu'), false],
  ['gateway:oulu', 'heddle/edge/alive', false],
  ['broker', 'heddle/edge/alive', false],
  ['controller', snapshotTopic('oulu'), true],
])('%s writes %s: %s', (subject, topic, may) => expect(mayWrite(subject, topic)).toBe(may));

test('a topic of telemetry says whose it is', () => {
  expect(telemetrySite(telemetryTopic('oulu', 'status'))).toBe('oulu');
  expect(telemetrySite('heddle/edge/telemetry/oulu/status')).toBeUndefined();
});
