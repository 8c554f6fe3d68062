import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { HeddleError } from '../../lib/errors.ts';
import { ImageSender } from './image-sender.ts';

const spec = specOf('services: { web: { build: . }, db: { image: b } }');
const web = 'localhost/shop-web';
const { signal } = new AbortController();

/** A node that builds, and one that has what it is sent. Ids by name. */
function nodes(here: Map<string, string>, there: Map<string, string>, refusal?: HeddleError) {
  const done: string[] = [];
  let builds = 0;
  const presentIn = (images: Map<string, string>) => async (references: readonly string[]) =>
    references.map((reference) => ({ reference, id: images.get(reference) ?? null }));
  const own = {
    presentImages: presentIn(here),
    buildImages: async ({ wanted }: { readonly wanted: readonly string[] }) => {
      for (const reference of wanted) {
        done.push(`build ${reference}`);
        here.set(reference, `built ${++builds}`);
      }
    },
  };
  const save = async (reference: string) => Readable.from([`archive of ${here.get(reference)}`]);
  const to = {
    presentImages: presentIn(there),
    loadImage: async (archive: Readable, { reference, id }: { reference: string; id: string }) => {
      if (refusal) throw refusal;
      done.push(await text(archive));
      there.set(reference, id);
    },
  };
  const sender = new ImageSender(own, { save });
  return { send: (build = false) => sender.send(to, { spec, build }, () => {}, signal), done };
}

test('what is nowhere is built here and sent; what is there already is not', async () => {
  const { send, done } = nodes(new Map(), new Map());
  await send();
  expect(done.splice(0)).toEqual([`build ${web}`, 'archive of built 1']);
  await send();
  expect(done).toEqual([]);
  await send(true);
  expect(done).toEqual([`build ${web}`, 'archive of built 2']);
});

test('what another node has, and this one not, is left as it is', async () => {
  const { send, done } = nodes(new Map(), new Map([[web, 'theirs']]));
  await send();
  expect(done).toEqual([]);
});

test('what cannot be sent says which image, and what to do; a node that is away stays away', async () => {
  const away = new HeddleError('ERR_NODE_AWAY', 'node two is away');
  await expect(nodes(new Map([[web, 'a']]), new Map(), away).send()).rejects.toMatchObject({
    code: 'ERR_NODE_AWAY',
    message: `${web} was built here, and could not be sent: node two is away`,
    hint: expect.stringContaining('registry'),
  });
});
