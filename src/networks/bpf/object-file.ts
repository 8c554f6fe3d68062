import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { contentHash } from '../../lib/hash.ts';
import { packageRoot } from '../../lib/package-root.ts';

/** What scripts/build.mjs makes of dataplane/NAME.bpf.c. */
export function objectFile(name: string): string {
  return path.join(packageRoot, 'dist', 'dataplane', `${name}.bpf.o`);
}

const digests = new Map<string, string>();

/** Sixteen hex digits that no other version of an object has. @throws HeddleError ERR_NETWORK where it was not built */
export function digestOf(file: string): string {
  const digest = digests.get(file) ?? contentHash(readObject(file)).slice(0, 16);
  digests.set(file, digest);
  return digest;
}

function readObject(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new HeddleError('ERR_NETWORK', `${file} is not there`, {
      cause,
      hint: 'in a checkout, `npm run build` makes it (apt-get install clang libbpf-dev)',
    });
  }
}
