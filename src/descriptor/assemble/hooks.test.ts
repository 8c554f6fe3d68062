import { expect, test } from 'vitest';
import { application } from '../memory-files.ts';

const web = (keys: string) => application(`services:\n  web: { image: a, ${keys} }\n`).services['web'];

test('a hook has a command in any form, and what differs from the service', () => {
  const hooks = 'post_start: [{ command: "echo a a", user: 0, environment: [A=1], working_dir: /w }]';
  expect(web(hooks)?.hooks?.postStart).toEqual([
    { command: ['echo', 'a', 'a'], user: '0', privileged: false, workingDir: '/w', environment: { A: '1' } },
  ]);
  expect(web('pre_stop: [{ command: [x] }], pre_start: []')?.hooks).toEqual({
    preStop: [{ command: ['x'], privileged: false, environment: {} }],
  });
  expect(web('')?.hooks).toBeUndefined();
});

test.each([
  ['post_start: [{ user: root }]', 'services.web.post_start[0]: a hook needs a "command"'],
  ['pre_stop: [{ commando: x }]', 'commando'],
  ['pid: "service:db"', 'services.web.pid'],
  ['uts: private', 'services.web.uts'],
  ['volumes: [{ type: volume, target: /x, volume: { subpath: a/../../b } }]', 'subpath'],
])('refuses %s', (keys, message) => {
  expect(() => web(keys)).toThrow(message);
});
