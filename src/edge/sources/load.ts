import { readFileSync } from 'node:fs';
import path from 'node:path';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError } from '../../lib/errors.ts';
import type { EdgeModel } from '../model.ts';
import { readEdgeFile } from './static.ts';

/**
 * Reads an edge file, which has to have a site if one is named.
 * @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE
 */
export function loadEdgeFile(file: string, site?: string): EdgeModel {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${(cause as Error).message}`, { cause });
  }
  const model = readEdgeFile(text, path.relative(process.cwd(), file) || file);
  if (site !== undefined && !(site in model.sites)) {
    const hint = didYouMean(site, Object.keys(model.sites));
    throw new HeddleError('ERR_EDGE_FILE', `${file} has no site "${site}"`, { hint });
  }
  return model;
}
