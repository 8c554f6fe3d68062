import { expect, test } from 'vitest';
import { readStat } from './stat.ts';

/** As HAProxy 2.6 writes it, without the columns that nobody reads. */
const said = `# pxname,svname,scur,stot,bin,bout,econ,eresp,status,hrsp_5xx,req_tot,last_chk
http-80,FRONTEND,0,3,246,1149,,,OPEN,1,3,
shop.web.http,active_10.0.0.1_8080,0,0,0,0,0,0,DOWN,0,0,Connection refused
shop.web.http,spare_fd00::2_8080,0,2,164,932,0,0,UP 1/2,0,2,
shop.web.http,BACKEND,1,3,246,1149,1,2,DOWN,4,2,
shop.raw.main,active_10.0.0.1_7000,0,0,0,0,0,0,no check,,,
shop.raw.main,BACKEND,0,5,10,20,0,0,UP,,,

`;

test('tells of each backend what went through it, and which of its copies answer', () => {
  expect(readStat(said)).toEqual([
    {
      name: 'shop.web.http',
      connections: 1,
      sessions: 3,
      requests: 2,
      received: 246,
      sent: 1149,
      errors: { connect: 1, response: 2, status: 4 },
      servers: new Map([
        ['10.0.0.1 8080', false],
        ['fd00::2 8080', true],
      ]),
    },
    {
      name: 'shop.raw.main',
      connections: 0,
      sessions: 5,
      requests: 0,
      received: 10,
      sent: 20,
      errors: { connect: 0, response: 0, status: 0 },
      servers: new Map(),
    },
  ]);
});

test('of a copy that is there twice, while one drains, the one that answers counts', () => {
  const twice = said.replace('active_10.0.0.1_8080', 'spare_fd00::2_8080_2');
  expect(readStat(twice)[0]?.servers).toEqual(new Map([['fd00::2 8080', true]]));
});

test('no answer tells nothing', () => {
  expect(readStat('')).toEqual([]);
});
