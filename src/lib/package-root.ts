import path from 'node:path';

/** Where the package is: as deep below it stands this file as what it is built into. */
export const packageRoot = path.resolve(import.meta.dirname, '../..');
