import { expect, test } from 'vitest';
import { takenOver, withPassed } from './anonymous-volumes.ts';

const volume = (target: string, source?: string) =>
  ({ type: 'volume', target, readOnly: false, noCopy: false, ...(source && { source }) }) as const;
const noted = [
  { name: 'a', target: '/of-file' },
  { name: 'b', target: '/of-image/' },
  { name: 'c', target: '/named-now' },
  { name: 'd', target: '/no-more' },
];

test('a new container takes over what is a volume without a name in it, too: of the file or of its image', () => {
  const mounts = [volume('/of-file'), volume('/named-now', 'data')];
  expect(takenOver(noted, { mounts }, ['/of-image', '/named-now']).map(({ name }) => name)).toEqual([
    'a',
    'b',
  ]);
});

test('and has them by name, with the options that the file gives them', () => {
  const home = { network: 'none', mounts: [{ ...volume('/of-file'), readOnly: true }] } as const;
  expect(withPassed(home, noted.slice(0, 2)).mounts).toEqual([
    { ...volume('/of-file', 'a'), readOnly: true },
    volume('/of-image/', 'b'),
  ]);
});
