import { expect, test } from 'vitest';
import { callerEnvironment, nodeEnvironment } from './caller-environment.ts';

test('services see what the launcher keeps from its own runtime', () => {
  expect(callerEnvironment({ HEDDLE_CALLER_NODE_OPTIONS: '--require x', A: '1' })).toEqual({
    NODE_OPTIONS: '--require x',
    A: '1',
  });
});

test('a node takes from a command where things are, and nothing of a project', () => {
  const own = {
    PATH: '/bin',
    HOME: '/root',
    LC_ALL: 'C',
    HEDDLE_STATE_DIR: '/s',
    CONTAINERS_CONF: '/c',
    DOCKER_HOST: 'unix:///d',
    https_proxy: 'http://p',
  };
  const project = {
    NODE_OPTIONS: '--require x',
    HEDDLE_CALLER_NODE_OPTIONS: '--require x',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    LD_PRELOAD: 'x.so',
    DB_PASSWORD: 'secret',
    PATHS: 'x',
  };
  expect(nodeEnvironment({ ...own, ...project })).toEqual(own);
});
