import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import type { ProjectSource } from '../../api/project.ts';
import type { Applications } from '../applications.ts';
import type { Desired } from '../desired.ts';
import { takeStep } from './step.ts';

const text = 'services: { web: { image: a, x-heddle: { scale: { max: 5, on: [{ cpu: 60% }] } } } }';
const origin = (found: ProjectSource['found']): ProjectSource => ({
  cwd: '/shop',
  env: {},
  files: ['compose.yaml'],
  catalogue: [],
  found,
});
const files = { '/shop/.env': { exists: false }, '/shop/compose.yaml': { exists: true, text } };
const desired = (): Desired => ({ spec: specOf(text), stopped: [], settled: true });

/** A node that somebody asks for something else while a step waits for its turn. */
function busy(now: Desired) {
  const kinds: unknown[] = [];
  const applications = {
    engine: {
      kind: 'podman',
      endpoint: 'unix:///run/podman.sock',
      offers: new Set(['host', 'console', 'networks']),
    },
    status: async () => [],
    desired: () => now,
    measured: () => [],
    exclusively: (
      _project: string,
      work: (tools: object) => Promise<boolean>,
      _gone: undefined,
      kind: string,
    ) => {
      kinds.push(kind);
      return work({});
    },
  } as unknown as Applications;
  return { kinds, applications };
}

test('a step is not taken where something else is wanted by now, and gives way as healing does', async () => {
  const { applications, kinds } = busy(desired());
  expect(await takeStep(applications, { service: 'web', to: 3, from: desired() }, origin(files))).toBe(false);
  expect(kinds).toEqual(['heal']);
});

test('a step out of the bounds, or without a file of its project, is an error', async () => {
  const from = desired();
  const { applications } = busy(from);
  const step = (to: number, found: ProjectSource['found']) =>
    takeStep(applications, { service: 'web', to, from }, origin(found));
  await expect(step(6, files)).rejects.toThrow(/there are from 1 to 5 replicas, and not 6/);
  await expect(step(2, { '/shop/compose.yaml': files['/shop/compose.yaml'] })).rejects.toMatchObject({
    code: 'ERR_FILE_NOT_FOUND',
    message: '/shop/.env was not sent with the project',
  });
});
