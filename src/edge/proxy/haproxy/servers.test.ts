import { expect, test } from 'vitest';
import type { Backend, Server } from '../routes.ts';
import { type RunningServer, serverName, serverSteps } from './servers.ts';

const server = (last: number, role: Server['role'] = 'active'): Server => ({
  address: `10.0.0.${last}`,
  port: 80,
  role,
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
    add: [{ backend: 'shop.web.http', server: server(2) }],
    resume: [],
    drain: [at(server(1))],
  });
});

test('a spare copy that becomes the nearest is another server', () => {
  expect(serverSteps([backend(server(2))], running(server(1), server(2, 'spare')))).toEqual({
    add: [{ backend: 'shop.web.http', server: server(2) }],
    resume: [],
    drain: [at(server(1)), at(server(2, 'spare'))],
  });
});

test('one that is on its way out and wanted again stays', () => {
  const [one] = running(server(1)) as [RunningServer];
  expect(serverSteps([backend(server(1))], [{ ...one, isDraining: true }])?.resume).toEqual([at(server(1))]);
  expect(serverSteps([backend()], [{ ...one, isDraining: true }])?.drain).toEqual([]);
});

test('a spare copy farther than those there are is added, a nearer one needs a reload', () => {
  const there = running(server(1), server(2, 'spare'));
  const far = [server(1), server(2, 'spare'), server(3, 'spare')];
  const near = [server(1), server(3, 'spare'), server(2, 'spare')];
  expect(serverSteps([backend(...far)], there)?.add).toHaveLength(1);
  expect(serverSteps([backend(...near)], there)).toBeUndefined();
});
