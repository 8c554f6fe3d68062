import { expect, test } from 'vitest';
import type { Backend, Server } from '../routes.ts';
import { type RunningServer, serverName, serverSteps } from './servers.ts';

const server = (last: number, role: Server['role'] = 'active'): Server => ({
  address: `10.0.0.${last}`,
  port: 80,
  role,
  isFar: false,
});
const backend = (...servers: readonly Server[]): Backend => ({
  name: 'shop.web.http',
  application: 'http',
  servers,
});
const running = (...servers: readonly Server[]): RunningServer[] =>
  servers.map((one) => ({ backend: 'shop.web.http', name: serverName(one), isDraining: false }));
const at = (one: Server) => ({ backend: 'shop.web.http', name: serverName(one) });

test('nothing is done when all is as it should be', () => {
  expect(
    serverSteps([backend(server(1), server(2, 'spare'))], running(server(1), server(2, 'spare'))),
  ).toEqual({
    add: [],
    resume: [],
    drain: [],
  });
});

test('a copy that comes is added, one that goes is drained', () => {
  expect(serverSteps([backend(server(2))], running(server(1)))).toEqual({
    add: [{ ...at(server(2)), server: server(2) }],
    resume: [],
    drain: [at(server(1))],
  });
});

test('a spare copy that becomes the nearest is another server', () => {
  expect(serverSteps([backend(server(2))], running(server(1), server(2, 'spare')))).toEqual({
    add: [{ ...at(server(2)), server: server(2) }],
    resume: [],
    drain: [at(server(1)), at(server(2, 'spare'))],
  });
});

test('one that is on its way out and wanted again stays', () => {
  const [one] = running(server(1)) as [RunningServer];
  expect(serverSteps([backend(server(1))], [{ ...one, isDraining: true }]).resume).toEqual([at(server(1))]);
  expect(serverSteps([backend()], [{ ...one, isDraining: true }]).drain).toEqual([]);
});

test('a spare copy farther than those there are is added behind them', () => {
  const there = running(server(1), server(2, 'spare'));
  const far = [server(1), server(2, 'spare'), server(3, 'spare')];
  expect(serverSteps([backend(...far)], there)).toEqual({
    add: [{ ...at(server(3, 'spare')), server: server(3, 'spare') }],
    resume: [],
    drain: [],
  });
});

test('behind a nearer spare copy those that are farther are added anew', () => {
  const there = running(server(1), server(2, 'spare'));
  const near = [server(1), server(3, 'spare'), server(2, 'spare')];
  const again = { backend: 'shop.web.http', name: 'spare_10.0.0.2_80_2' };
  const steps = serverSteps([backend(...near)], there);
  expect(steps).toEqual({
    add: [
      { ...at(server(3, 'spare')), server: server(3, 'spare') },
      { ...again, server: server(2, 'spare') },
    ],
    resume: [],
    drain: [at(server(2, 'spare'))],
  });
  const [first, second] = running(server(1), server(3, 'spare')) as [RunningServer, RunningServer];
  expect(serverSteps([backend(...near)], [first, second, { ...again, isDraining: false }])).toEqual({
    add: [],
    resume: [],
    drain: [],
  });
});
