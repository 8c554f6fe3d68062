import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, type Header, pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { renamed } from './renamed.ts';

type Entry = Partial<Header> & { name: string };

/** What an archive of these entries has after it passed. */
async function passed(entries: readonly Entry[], name: string | undefined) {
  const source = pack();
  for (const entry of entries) {
    if (entry.type === undefined) source.entry({ ...entry }, 'text');
    else source.entry({ ...entry });
  }
  source.finalize();
  const skipped: string[] = [];
  const bytes = await buffer(
    renamed(Readable.from(source, { objectMode: false }), name, (one) => skipped.push(one)),
  );
  const found: string[] = [];
  const reader = extract();
  Readable.from([bytes]).pipe(reader);
  for await (const entry of reader) {
    const { header } = entry;
    found.push([header.name, header.linkname && `-> ${header.linkname}`].filter(Boolean).join(' '));
    entry.resume();
  }
  return { found, skipped };
}

const etc: Entry[] = [
  { name: 'etc/', type: 'directory' },
  { name: 'etc/hosts' },
  { name: 'etc/same', type: 'link', linkname: 'etc/hosts' },
  { name: 'etc/away', type: 'symlink', linkname: '../etc/hosts' },
];

describe('an archive that passes', () => {
  test('has its root under another name, hard links with it', async () => {
    expect((await passed(etc, 'new')).found).toEqual([
      'new',
      'new/hosts',
      'new/same -> new/hosts',
      'new/away -> ../etc/hosts',
    ]);
  });

  test('has no root where what is in it is meant', async () => {
    expect((await passed(etc, undefined)).found).toEqual(['hosts', 'same -> hosts', 'away -> ../etc/hosts']);
    const rooted = [{ name: './', type: 'directory' }, { name: './a' }] as const;
    expect((await passed(rooted, undefined)).found).toEqual(['a']);
  });

  test('takes no devices and pipes along, and says so', async () => {
    const entries = [
      ...etc.slice(0, 2),
      { name: 'etc/sda', type: 'block-device', devmajor: 8, devminor: 0 },
      { name: 'etc/pipe', type: 'fifo' },
    ] as const;
    const { found, skipped } = await passed(entries, 'etc');
    expect(found).toEqual(['etc', 'etc/hosts']);
    expect(skipped).toEqual(['etc/sda', 'etc/pipe']);
  });

  test.each(['etc/../../root/x', '../x', 'other/x'])('is refused with an entry %s', async (name) => {
    await expect(passed([...etc.slice(0, 1), { name }], 'etc')).rejects.toThrow(/^the archive has/);
  });

  test('is refused with a hard link that leads out of it', async () => {
    const link: Entry = { name: 'etc/x', type: 'link', linkname: '../../etc/shadow' };
    await expect(passed([...etc.slice(0, 1), link], 'etc')).rejects.toThrow(/^the archive has/);
  });
});
