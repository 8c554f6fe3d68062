import { constants, setPriority } from 'node:os';
import { Exchange } from './exchange.ts';
import type { Watch } from './messages.ts';

// A process of its own: what the node does besides would keep it from sending in time, and the other node would take the path for
// dead. It goes with the node.

// As daemons of BFD do: on a busy host a packet that is sent late is one that was lost.
try {
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // Where that is not allowed, it is as any other.
}

const exchange = new Exchange((reports) => process.send?.(reports));
process.on('message', (watch: Watch) => exchange.watch(watch));
process.on('disconnect', () => process.exit());
