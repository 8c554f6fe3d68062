import path from 'node:path';
import { packageRoot } from '../lib/package-root.ts';

/** The doors' program, as scripts/build.mjs makes it. */
export const shim = path.join(packageRoot, 'dist', 'shim', 'heddle-door');
