import type { EdgeModel } from '../model/model.ts';
import { EdgeFileReader } from './edge-file-reader.ts';

/**
 * Reads an edge file once, which has to have a site if one is named.
 * @throws InvalidInput, HeddleError ERR_FILE_NOT_FOUND, ERR_EDGE_FILE
 */
export function loadEdgeFile(file: string, site?: string): EdgeModel {
  return new EdgeFileReader(file, site).read();
}
