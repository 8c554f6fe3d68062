import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import { HeddleError } from '../../lib/errors.ts';

/** What a copy may hold: no devices, pipes or sockets, which would be more on the other side than they look like. */
const taken = new Set(['file', 'directory', 'symlink', 'link']);

/**
 * A tar archive with its first component under another name, or without it, as it passes. Who made the archive is not
 * trusted: a name that leads out of its root is refused.
 */
export function renamed(
  archive: Readable,
  name: string | undefined,
  skipped: (name: string) => void,
): Readable {
  const output = pack();
  pass(archive, output, name, skipped).then(
    () => output.finalize(),
    (error: Error) => output.destroy(error),
  );
  return Readable.from(output, { objectMode: false });
}

async function pass(
  archive: Readable,
  output: Pack,
  name: string | undefined,
  skipped: (name: string) => void,
): Promise<void> {
  const input = extract();
  const fed = pipeline(archive, input as unknown as Writable);
  // What goes wrong is told by the entries that come out of it.
  fed.catch(() => {});
  let root: string | undefined;
  for await (const entry of input) {
    const { header } = entry;
    root ??= plain(header.name).split('/')[0] ?? '';
    const passed = renameEntry(header, root, name);
    if (!passed && !taken.has(header.type ?? 'file')) skipped(header.name);
    if (!passed || header.type !== 'file') entry.resume();
    if (passed) await write(output, passed, entry as unknown as Readable);
  }
  await fed;
}

function write(output: Pack, header: Header, content: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = output.entry(header, (error) => (error ? reject(error) : resolve()));
    if (header.type === 'file') content.on('error', reject).pipe(entry as unknown as Writable);
  });
}

/** Nothing for what is left out: what is no file, folder or link, and the root itself where it has no name. */
export function renameEntry(header: Header, root: string, name: string | undefined): Header | undefined {
  if (!taken.has(header.type ?? 'file')) return undefined;
  const to = (from: string) => {
    const inside = insideOf(from, root);
    return [...(name === undefined ? [] : [name]), ...(inside === '' ? [] : [inside])].join('/');
  };
  const path = to(header.name);
  if (path === '') return undefined;
  // What a hard link leads to is in the archive, too; a symbolic one leads wherever it says.
  const linked = header.type === 'link' && header.linkname ? { linkname: to(header.linkname) } : {};
  // Lengths and names of the old header must not stay behind in the extended one.
  const { pax: _, ...plainHeader } = header;
  return { ...plainHeader, name: path, ...linked };
}

function insideOf(entry: string, root: string): string {
  const text = plain(entry);
  if (text.split('/').includes('..')) {
    throw new HeddleError(
      'ERR_ENGINE',
      `the archive has an entry that leads out of it: ${entry.slice(0, 200)}`,
    );
  }
  if (root === '') return text;
  if (text === root) return '';
  if (text.startsWith(`${root}/`)) return text.slice(root.length + 1);
  throw new HeddleError('ERR_ENGINE', `the archive has more than one root: ${entry.slice(0, 200)}`);
}

/** Without a slash or a dot around it. */
function plain(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
