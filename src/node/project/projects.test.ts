import { describe, expect, test } from 'vitest';
import { plainOneOff } from '../../../test/support/one-off.ts';
import type { ContainerStatus, UpRequest } from '../../api/messages.ts';
import type { ProjectEvent, ProjectSource } from '../../api/project.ts';
import type { FoundFile } from '../../descriptor/index.ts';
import { InvalidInput } from '../../lib/errors.ts';
import type { Applications } from '../applications.ts';
import { projectsOf } from './projects.ts';

const file = `
services:
  web: { image: nginx, env_file: [web.env] }
  db: { image: mariadb, scale: 2 }
  tools: { image: tools, profiles: [tools] }
`;
const known: Record<string, FoundFile> = {
  '/shop/.env': { exists: false },
  '/shop/compose.yaml': { exists: true, text: file },
  '/shop/web.env': { exists: true, text: 'A=1' },
};
const source = (found: Record<string, FoundFile> = known): ProjectSource => ({
  cwd: '/shop',
  env: {},
  files: ['compose.yaml'],
  catalogue: [],
  found,
});

/** A node, and what it was asked to make. */
function projects(
  running: readonly string[] = [],
  offers: readonly string[] = ['host', 'console', 'networks'],
) {
  const made: UpRequest[] = [];
  const applications = {
    engine: { kind: 'podman', endpoint: 'unix:///run/podman.sock', offers: new Set(offers) },
    desired: () => undefined,
    measured: () => [],
    status: async () =>
      running.map((service) => ({ service, role: 'application' }) as Partial<ContainerStatus>),
    plan: async (request: UpRequest) => {
      made.push(request);
      return { project: request.spec.project, steps: [], warnings: [] };
    },
    up: async (request: UpRequest) => void made.push(request),
  } as unknown as Applications;
  return { made, node: projectsOf(applications) };
}

const podsOf = ({ spec }: UpRequest, service: string) =>
  spec.pods.filter((pod) => pod.service === service && pod.role === 'service');

describe('a project that a client has in files', () => {
  test('is not made before all files were sent that it names', async () => {
    const { '/shop/web.env': _left, ...rest } = known;
    const { made, node } = projects();
    const wanted = [{ path: '/shop/web.env', text: true }];
    const events: ProjectEvent[] = [];
    await node.upProject({ project: source(rest) }, (event) => events.push(event));
    expect(events).toEqual([{ type: 'wanted', wanted }]);
    expect(await node.planProject({ project: source(rest) })).toEqual({ wanted });
    expect(node.readProject({ project: source(rest) })).toEqual({ wanted });
    expect(made).toEqual([]);
  });

  test('is made as its files say, and as was asked for besides', async () => {
    const { made, node } = projects();
    const events: ProjectEvent[] = [];
    const asked = {
      project: source(),
      services: ['db'],
      scale: { db: 3 },
      pull: 'never',
      noStart: true,
    } as const;
    await node.upProject(asked, (event) => events.push(event));
    expect(events).toEqual([{ type: 'project', name: 'shop', warnings: [] }]);
    const [request] = made;
    expect(request).toMatchObject({ services: ['db'], noStart: true, inactive: ['tools'], named: false });
    expect(request).not.toHaveProperty('project');
    expect(request && podsOf(request, 'db')).toHaveLength(3);
    expect(request?.spec.images['nginx']).toEqual({ kind: 'registry', policy: 'never' });
    expect(request && podsOf(request, 'web')[0]?.containers[0]?.environment).toMatchObject({ A: '1' });
  });

  test('keeps as many replicas as run of what is not scaled', async () => {
    const { made, node } = projects(['web', 'db']);
    await node.upProject({ project: source(), scale: { web: 4 }, keepScale: true }, () => {});
    expect(made.map((request) => [podsOf(request, 'web').length, podsOf(request, 'db').length])).toEqual([
      [4, 1],
    ]);
  });

  test('has a service that is named although its profile is not enabled', () => {
    const { node } = projects();
    const read = node.readProject({ project: source(), services: ['tools'] });
    expect('application' in read && Object.keys(read.application.services)).toEqual(['web', 'db', 'tools']);
    expect(() => node.readProject({ project: source(), services: ['nothing'] })).toThrow(
      'shop has no service "nothing"',
    );
  });

  test('gives a one-off a name where it was given none', async () => {
    const { node } = projects();
    const oneOff = {
      service: 'web',
      ...plainOneOff,
    };
    const selected = await node.selectProject({ project: source(), oneOff });
    const once = 'spec' in selected ? selected.spec.pods.find(({ role }) => role === 'oneoff') : undefined;
    expect(once?.name).toMatch(/^shop-web-run-[0-9a-f]{12}$/);
  });

  test('is refused what the node’s engine does not offer, also for a one-off', async () => {
    const { node, made } = projects([], ['console']);
    const text = 'services: { web: { image: nginx, x-heddle: { manage: { flows: true } } } }';
    const project = source({ ...known, '/shop/compose.yaml': { exists: true, text } });
    const refused = expect.stringContaining('which the engine, podman at unix:///run/podman.sock, does not');
    await expect(node.planProject({ project })).rejects.toMatchObject({
      code: 'ERR_ENGINE_LACKS',
      message: refused,
    });
    await expect(node.upProject({ project }, () => {})).rejects.toMatchObject({ code: 'ERR_ENGINE_LACKS' });
    const oneOff = { service: 'web', ...plainOneOff };
    await expect(node.selectProject({ project, oneOff })).rejects.toThrow('ERR_ENGINE_LACKS');
    expect(made).toEqual([]);
  });

  test('is refused with the place of all that is wrong', () => {
    const { node } = projects();
    const wrong = {
      ...known,
      '/shop/compose.yaml': { exists: true, text: 'services: { web: { imag: a } }' },
    };
    const read = () => node.readProject({ project: source(wrong) });
    expect(read).toThrow(InvalidInput);
    expect(read).toThrow('compose.yaml:1:20: error ERR_COMPOSE_UNKNOWN_KEY');
  });
});
