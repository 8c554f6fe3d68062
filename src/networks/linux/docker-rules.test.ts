import { expect, test } from 'vitest';
import { admission, dismissal } from './docker-rules.ts';

const fresh = '-N DOCKER-USER\n-A DOCKER-USER -j RETURN\n';
/** What iptables lists once the lines were carried out at the top. */
const after = (lines: readonly string[], below: string) =>
  [
    '-N DOCKER-USER',
    ...lines
      .filter((line) => line.startsWith('-I'))
      .map((line) => line.replace(/^-I DOCKER-USER \d+/, '-A DOCKER-USER')),
    below,
  ].join('\n');

test('bridges of Heddle are let through at the top, but not to those of Docker', () => {
  const lines = admission(fresh);
  expect(lines.at(0)).toBe('-I DOCKER-USER 1 -i hb+ -o docker0 -m comment --comment heddle -j RETURN');
  expect(lines.at(-1)).toBe('-I DOCKER-USER 5 -o hb+ -m comment --comment heddle -j ACCEPT');
});

test('a bridge that has a name of its own at Docker is Docker’s as well, and the host’s way out is not', () => {
  const theirs = [
    '-A DOCKER-USER -o br0 -j RETURN',
    '-A FORWARD -o br0 -j ACCEPT',
    '-A DOCKER ! -i apps -o apps -j DROP',
    '-A DOCKER-ISOLATION-STAGE-2 -o apps -j DROP',
    '-A DOCKER-ISOLATION-STAGE-2 -o br-0123 -j DROP',
  ].join('\n');
  const lines = admission(theirs);
  expect(lines.at(3)).toBe('-I DOCKER-USER 4 -i hb+ -o apps -m comment --comment heddle -j RETURN');
  expect(lines).toHaveLength(6);
  const there = after(lines, theirs);
  expect(admission(there)).toEqual([]);
  expect(
    admission(there.replaceAll(/.* apps -j DROP\n/g, '')).filter((line) => line.includes('apps')),
  ).toEqual(['-D DOCKER-USER -i hb+ -o apps -m comment --comment heddle -j RETURN']);
});

test('what is there already is left alone, and the rules of others always are', () => {
  const theirs = '-A DOCKER-USER -s 192.0.2.7/32 -j DROP\n-A DOCKER-USER -j RETURN\n';
  const there = after(admission(theirs), theirs);
  expect(admission(there)).toEqual([]);
  expect(dismissal(there)).toHaveLength(5);
  expect(dismissal(there).join()).not.toContain('192.0.2.7');
});

test('where somebody put a rule above them, they are moved to the top', () => {
  const there = after(admission(fresh), fresh).replace(
    '-N DOCKER-USER',
    '-N DOCKER-USER\n-A DOCKER-USER -j DROP',
  );
  const lines = admission(there);
  expect(lines.filter((line) => line.startsWith('-D'))).toHaveLength(5);
  expect(lines.filter((line) => line.startsWith('-I'))).toHaveLength(5);
});
