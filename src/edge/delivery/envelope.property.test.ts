import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, test } from 'vitest';
import { snapshotOf } from '../../../test/support/site-zone.ts';
import { tries } from '../../../test/support/tries.ts';
import { Authority } from '../ca/authority.ts';
import { open, seal, signerOf } from './envelope.ts';
import { Trust } from './trust.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-seal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const topic = 'heddle/edge/view/gateway:oulu/snapshot';
const text = JSON.stringify(snapshotOf());

test('hostile payloads: no crash, and only what was signed is read', async () => {
  const authority = await Authority.create(path.join(folder, 'ca'));
  const controller = await authority.issue('controller', [], 30);
  const trust = new Trust(controller.authorities);
  const now = Date.now();
  const whole = seal(topic, text, signerOf(controller));
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ maxLength: 200 }).map((line) => Buffer.from(`${line}\n${text}`)),
    fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
      const bytes = Buffer.from(whole);
      bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ bits;
      return bytes;
    }),
    fc.nat().map((length) => whole.subarray(0, length % whole.length)),
  );
  const body = (payload: Buffer) => {
    const opened = open(topic, payload, trust, now);
    return 'body' in opened ? opened.body : undefined;
  };
  fc.assert(
    // A changed bit in the padding of base64 changes nothing; what it says is the same then.
    fc.property(hostile, (payload) => [undefined, text].includes(body(payload))),
    tries(100_000, 500),
  );
});
