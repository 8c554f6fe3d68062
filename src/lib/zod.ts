/**
 * zod as Heddle uses it, imported as a namespace (`import * as z`), so that the package holds only what is used of it. A
 * command reads its file once: the code that zod would generate for a schema costs a fifth of the time of `heddle spec`,
 * for one service and for a thousand.
 */
import { config } from 'zod';

config({ jitless: true });

export * from 'zod';
