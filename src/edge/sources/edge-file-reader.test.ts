import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { EdgeFileReader } from './edge-file-reader.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-edge-file-'));
const file = path.join(folder, 'edge.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

const on = (node: string) => ({ ports: {}, copies: [{ node, address: '10.2.9.1' }] });
const edge = (services: object, nodes: readonly string[] = ['b1', 'b2']) => ({
  sites: { berlin: { gateway: ['10.2.0.1'] } },
  nodes: Object.fromEntries(nodes.map((node) => [node, { site: 'berlin', addresses: ['10.2.0.11'] }])),
  services,
});

describe.each([
  ['YAML', stringify],
  ['JSON', (value: object) => JSON.stringify(value)],
])('an edge file in %s that is read again', (_, toText) => {
  const reader = new EdgeFileReader(file);
  const read = (value: object) => {
    writeFileSync(file, toText(value));
    return reader.read();
  };
  /** What somebody reads who has not read before. */
  const afresh = () => new EdgeFileReader(file).read();

  test('keeps what is as it was, and takes what is not', () => {
    const before = read(edge({ web: on('b1'), 'shop/db': on('b1'), gone: on('b1') }));
    const now = read(edge({ web: on('b1'), 'shop/db': on('b2'), api: on('b2') }));
    expect(now).toEqual(afresh());
    expect(Object.keys(now.services)).toEqual(['default/web', 'shop/db', 'default/api']);
    expect(now.services['default/web']).toBe(before.services['default/web']);
  });

  test('has a service wrong whose node went, though nothing of it was touched', () => {
    read(edge({ web: on('b1'), api: on('b2') }));
    expect(() => read(edge({ web: on('b1'), api: on('b2') }, ['b1']))).toThrow(/there is no node "b2"/);
    expect(read(edge({ web: on('b1') }, ['b1']))).toEqual(afresh());
  });

  test('has a new service wrong that is one of before under another key', () => {
    read(edge({ 'shop/web': on('b1') }));
    const twice = edge({ 'shop/web': on('b1'), web: { namespace: 'shop', ...on('b1') } });
    expect(() => read(twice)).toThrow(/web: is the service shop\/web, as is "shop\/web"/);
  });

  test('says where the fault of a changed service is', () => {
    read(edge({ web: on('b1'), api: on('b1') }));
    const wrong = edge({ web: on('b1'), api: on('b3') });
    expect(() => read(wrong)).toThrow(/services\.api\.copies\.0\.node: there is no node "b3"/);
    const place = new RegExp(`edge\\.yaml:${toText(wrong).split('\n').length > 1 ? '\\d\\d' : '1'}:`);
    expect(() => read(wrong)).toThrow(place);
  });
});

test('a file that has no such site is none for it', () => {
  writeFileSync(file, stringify(edge({})));
  expect(() => new EdgeFileReader(file, 'bonn').read()).toThrow('has no site "bonn"');
});
