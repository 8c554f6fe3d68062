import { setup } from './setup.ts';

// The same as vitest's globalSetup, once for all groups of tests.
await setup();
