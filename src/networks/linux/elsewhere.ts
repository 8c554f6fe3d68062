import type { Port } from './port.ts';

/** What another node has: nothing of it is here, and the trunk leads there. */
export const elsewhere: Port<unknown> = {
  async apply() {
    return {};
  },
  async remove() {},
};
