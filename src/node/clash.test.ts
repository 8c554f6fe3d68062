import { expect, test } from 'vitest';
import type { ObservedContainer } from '../engines/observed.ts';
import { refuseClash } from './clash.ts';

const place = (dir: string, named = false) => ({ dir, files: [`${dir}/compose.yaml`], named });
const container = {
  labels: {
    'com.docker.compose.project.working_dir': '/a/shop',
    'com.docker.compose.project.config_files': '/a/shop/compose.yaml',
  },
} as unknown as ObservedContainer;
const always = () => true;

test('two folders of one name are refused with both places', () => {
  const both = /shop is what \/a\/shop\/compose.yaml describes, and this is \/b\/shop\/compose.yaml/;
  expect(() => refuseClash('shop', place('/b/shop'), undefined, [container], always)).toThrow(both);
  expect(() => refuseClash('shop', place('/b/shop'), place('/a/shop'), [], always)).toThrow(both);
});

test('the same folder, one that was moved, and a name that was given are not', () => {
  refuseClash('shop', place('/a/shop'), place('/a/shop'), [container], always);
  refuseClash('shop', place('/b/shop'), place('/a/shop'), [container], () => false);
  refuseClash('shop', place('/b/shop', true), place('/a/shop'), [container], always);
});
