import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';

const file = (job: string, keys = '') => `
services:
  trainer:
    image: a
    networks: { slow: { priority: 10 }, fast: }
    x-heddle: { job: ${job} }
    ${keys}
networks: { slow: { x-heddle: { archetype: ip } }, fast: { x-heddle: { archetype: ip } } }
volumes: { kept: }
`;
const application = (text: string, scale?: Record<string, number>) =>
  specOf(text, scale ? { scale } : {}).pods.map(({ containers: [container], sandbox, ...pod }) => ({
    ...pod,
    environment: container?.environment ?? {},
    restart: container?.restart,
    networks: sandbox.kind === 'own' ? sandbox.networks : [],
  }));

test('replicas of a job are ranks, and each is told which, of how many, and where the first is', () => {
  const pods = application(file('{ workers: 3, network: fast, connections: 2 }'));
  expect(pods.map(({ name }) => name)).toEqual(['shop-trainer-1', 'shop-trainer-2', 'shop-trainer-3']);
  const [first, second] = pods;
  expect(second?.environment).toMatchObject({
    RANK: '1',
    WORLD_SIZE: '3',
    LOCAL_RANK: '1',
    LOCAL_WORLD_SIZE: '3',
    MASTER_ADDR: 'trainer-rank-0',
    MASTER_PORT: '29500',
    GLOO_SOCKET_IFNAME: 'eth1,eth1',
    NCCL_SOCKET_IFNAME: 'eth1',
  });
  // By that name the first is found on the job's network alone.
  const named = first?.networks.map(({ network, aliases }) => [network, aliases.includes('trainer-rank-0')]);
  expect(named).toEqual([
    ['shop_slow', false],
    ['shop_fast', true],
  ]);
  expect(second?.networks.flatMap(({ aliases }) => aliases)).not.toContain('trainer-rank-0');
  expect(second?.restart).toEqual({ condition: 'no' });
});

test('ranks on the host’s own network find each other there', () => {
  const [first] = application(
    'services: { trainer: { image: a, networks: [own], x-heddle: { job: { workers: 2 } } } }\nnetworks: { own: { x-heddle: { archetype: host } } }',
  );
  expect(first?.environment).toMatchObject({
    MASTER_ADDR: '127.0.0.1',
    GLOO_SOCKET_IFNAME: expect.stringMatching(/^lo\b/),
  });
});

test('a specification says of a job what the node has to know', () => {
  const text = file(
    '{ workers: 2, retries: 5, progressDeadline: 30s, checkpoint: /data/x }',
    'volumes: ["kept:/data"]',
  );
  expect(specOf(text).jobs).toEqual([
    { service: 'trainer', workers: 2, retries: 5, network: 'shop_slow', progressDeadline: 30_000 },
  ]);
  expect(application(text)[0]?.environment).toMatchObject({ HEDDLE_JOB_CHECKPOINT: '/data/x' });
  expect(specOf('services: { web: { image: a } }')).not.toHaveProperty('jobs');
});

test('with `env` only the common words are said, and what the file says of the library stands', () => {
  const [one] = application(file('{ workers: 1, rendezvous: env }'));
  expect(one?.environment).toMatchObject({ RANK: '0', WORLD_SIZE: '1' });
  expect(one?.environment).not.toHaveProperty('GLOO_SOCKET_IFNAME');
  const [own] = application(file('{ workers: 1 }', 'environment: { GLOO_SOCKET_IFNAME: lo }'));
  expect(own?.environment).toMatchObject({ GLOO_SOCKET_IFNAME: 'lo' });
});

test('ranks are dealt out over sites, side by side, and know who is beside them', () => {
  const text = file('{ workers: 5 }').replace('x-heddle: {', 'x-heddle: { place: [berlin, paris], ');
  const pods = application(text);
  expect(pods.map(({ place }) => place)).toEqual(['berlin', 'berlin', 'berlin', 'paris', 'paris']);
  expect(
    pods.map(({ environment: { LOCAL_RANK, LOCAL_WORLD_SIZE, GROUP_RANK } }) => [
      GROUP_RANK,
      LOCAL_RANK,
      LOCAL_WORLD_SIZE,
    ]),
  ).toEqual([
    ['0', '0', '3'],
    ['0', '1', '3'],
    ['0', '2', '3'],
    ['1', '0', '2'],
    ['1', '1', '2'],
  ]);
});

test.each([
  [file('{ workers: 0 }'), /expected a number of ranks from 1/],
  [file('{ workers: 2, rendezvous: mpi }'), /mpi needs a launcher/],
  [file('{ workers: 2, retries: -1 }'), /expected a number from 0 to 1000/],
  [file('{ workers: 2, worker: 2 }'), /worker/],
  [file('{ workers: 2 }', 'scale: 3'), /a job of 2 ranks cannot have 3 replicas/],
  [file('{ workers: 2 }', 'restart: always'), /services.trainer.restart: a rank is not started again alone/],
  [file('{ workers: 2 }', 'environment: { RANK: 7 }'), /environment.RANK: the job says it/],
  [file('{ workers: 2, network: fats }'), /not on the network "fats"/],
  [file('{ workers: 2, checkpoint: data }'), /expected an absolute path/],
  [file('{ workers: 2, checkpoint: /data }'), /\/data is on no volume/],
  [file('{ workers: 2, checkpoint: /database }', 'volumes: ["kept:/data"]'), /\/database is on no volume/],
  [file('{ workers: 2, checkpoint: /data }', 'tmpfs: /data'), /\/data is on no volume/],
  [file('{ workers: 2 }', 'ports: ["80:80"]'), /cannot all publish port 80/],
  [
    'services: { trainer: { image: a, network_mode: none, x-heddle: { job: { workers: 2 } } } }',
    /network_mode: ranks find each other/,
  ],
  [
    'services: { trainer: { image: a, network_mode: host, x-heddle: { job: { workers: 2 }, place: [a, b] } } }',
    /place: ranks of several hosts find each other/,
  ],
  [
    'services: { trainer: { image: a, x-heddle: { job: { workers: 2 }, scale: { max: 3, on: [{ cpu: 60% }] } } } }',
    /ranks of a job are as many/,
  ],
  [
    'services: { trainer: { image: a, x-heddle: { job: { workers: 2 }, place: [a, b, c] } } }',
    /2 replicas cannot be at 3 sites/,
  ],
  ['services: { web: { image: a, scale: 2, x-heddle: { place: [a, a] } } }', /a site stands there twice/],
  [
    'services: { trainer: { image: a, x-heddle: { job: { workers: 2 } } }, report: { image: b, depends_on: { trainer: { condition: service_completed_successfully } } } }',
    /depends_on.trainer.condition: trainer is a job/,
  ],
])('what cannot be is refused where it is written', (text, message) => {
  expect(() => specOf(text)).toThrow(message);
});

test('a job has as many ranks as it says, whoever asks', () => {
  expect(() => application(file('{ workers: 2 }'), { trainer: 3 })).toThrow(
    /a job of 2 ranks cannot have 3 replicas/,
  );
  expect(application(file('{ workers: 2 }'), { trainer: 2 })).toHaveLength(2);
});

test('replicas of a service that is no job are dealt out in turn, and stay where they are when there are more', () => {
  const text = (scale: number) =>
    `services: { web: { image: a, scale: ${scale}, x-heddle: { place: [b, p] } } }`;
  const placesOf = (scale: number) => specOf(text(scale)).pods.map(({ place }) => place);
  expect(placesOf(3)).toEqual(['b', 'p', 'b']);
  expect(placesOf(5).slice(0, 3)).toEqual(placesOf(3));
});
