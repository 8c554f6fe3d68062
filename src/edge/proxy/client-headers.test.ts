import { expect, test } from 'vitest';
import { clientHeaders, foreignHeaders, hostForm, ownHeaders } from './client-headers.ts';

const form = new RegExp(hostForm, 'i');

test.each([
  'web',
  'WEB.edge.internal',
  'web.edge.internal.',
  'web.edge.internal:80',
  'web.edge.internal.:8080',
  'my_web.edge.internal',
  '10.1.0.1:80',
  '[2001:db8::1]',
  '[::ffff:10.1.0.1]:443',
])('%s is a name', (host) => expect(host).toMatch(form));

test.each([
  '',
  '.',
  '.web',
  'web..edge.internal',
  'web.edge.internal..',
  'web.edge.internal, admin.edge.internal',
  'web.edge.internal,admin.edge.internal',
  'web.edge.internal admin.edge.internal',
  'admin@web.edge.internal',
  'web.edge.internal:',
  'web.edge.internal:80:81',
  'web.edge.internal:http',
  'web.edge.internal:800000',
  'http://web.edge.internal',
  'web.edge.internal/admin',
  'web.edge.internal\tadmin',
  'web%2eedge',
  'web.edge.internal#a',
  '[2001:db8::1',
  '[2001:db8::1].',
  '::1',
])('%j is none', (host) => expect(host).not.toMatch(form));

test('each claim is a header that both programs can name, and is there once', () => {
  for (const name of clientHeaders) expect(name).toMatch(/^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/);
  expect(new Set(clientHeaders.map((name) => name.toLowerCase())).size).toBe(clientHeaders.length);
  expect(clientHeaders).toEqual(expect.arrayContaining([...ownHeaders]));
  expect(foreignHeaders).toHaveLength(clientHeaders.length - ownHeaders.length);
});
