import { describe, expect, test } from 'vitest';
import { openStateManager } from './open-manager.ts';
import { etcdSettings } from './settings.ts';

const endpoints = ['https://10.0.0.1:2379', 'https://10.0.0.2:2379'];

describe('where the state is', () => {
  test('is said by endpoints alone, or with all there is to say', () => {
    expect(etcdSettings.parse({ endpoints })).toEqual({
      endpoints,
      prefix: '/heddle/networks/',
    });
    const all = { endpoints, prefix: '/a/b/', ca: '/ca.crt', cert: '/cert.pem', key: '/key.pem' };
    expect(etcdSettings.parse(all)).toEqual(all);
    const known = { endpoints, prefix: '/a/', user: 'heddle', passwordFile: '/password' };
    expect(etcdSettings.parse(known)).toEqual(known);
  });

  test.each([
    ['no endpoint', { endpoints: [] }],
    ['an endpoint that is no URL', { endpoints: ['10.0.0.1'] }],
    ['an endpoint of another protocol', { endpoints: ['ftp://10.0.0.1'] }],
    ['a prefix without its last slash', { endpoints, prefix: '/heddle' }],
    ['a prefix of nothing', { endpoints, prefix: '' }],
    ['an endpoint with a password', { endpoints: ['https://user:secret@etcd:2379'] }],
    ['a certificate without its key', { endpoints, cert: '/cert.pem' }],
    ['an authority without TLS', { endpoints: ['http://10.0.0.1:2379'], ca: '/ca.crt' }],
    ['a user without a password', { endpoints, user: 'heddle' }],
    [
      'a password that everybody could read on its way',
      { endpoints: ['http://10.0.0.1:2379'], user: 'heddle', passwordFile: '/password' },
    ],
    ['a relative path', { endpoints, ca: 'ca.crt' }],
    ['what there is not', { endpoints, password: 'secret' }],
  ])('is refused with %s', (_, etcd) => {
    expect(etcdSettings.safeParse(etcd).success).toBe(false);
  });

  test('with certificates that are not there is refused when it is opened', async () => {
    const settings = { etcd: etcdSettings.parse({ endpoints, ca: '/nowhere/ca.crt' }) };
    await expect(openStateManager(settings)).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
  });
});
