import { spawnSync } from 'node:child_process';
import { Exchange } from './exchange.ts';
import type { Watch } from './messages.ts';

// A process of its own: what the node does besides would keep it from sending in time, and the other node would take the path for
// dead. It goes with the node.

// On a busy host a packet that is sent late is one that was lost: it is scheduled before what can wait, in all its threads, as keepalived
// may be. Where that is not allowed, it is as any other.
spawnSync('chrt', ['--all-tasks', '--rr', '--pid', '1', String(process.pid)], { stdio: 'ignore' });

const exchange = new Exchange((reports) => process.send?.(reports));
process.on('message', (watch: Watch) => exchange.watch(watch));
process.on('disconnect', () => process.exit());
