import { hostPort } from '../address.ts';
import type { Backend, Server } from '../routes.ts';

/** A server as HAProxy has it. */
export interface RunningServer {
  readonly backend: string;
  readonly name: string;
  /** It gets no new connections: it is to go. */
  readonly isDraining: boolean;
}

/** What brings what runs to what is wanted without a reload. */
export interface ServerSteps {
  readonly add: readonly { readonly backend: string; readonly server: Server }[];
  /** Draining ones that are wanted again. */
  readonly resume: readonly Pick<RunningServer, 'backend' | 'name'>[];
  readonly drain: readonly Pick<RunningServer, 'backend' | 'name'>[];
}

/**
 * How a copy is checked. One whose port is closed is out ½ s after it went, one that is silent after 1 s; a request that
 * fails to reach it hurries the next check.
 */
export const checks =
  'check inter 300ms fastinter 100ms fall 2 rise 2 observe layer4 error-limit 1 on-error fastinter';

/** A server's name says all about it, so that what runs can be compared with what is wanted. */
export function serverName({ role, address, port }: Server): string {
  return `${role}_${address}_${port}`;
}

/** The words after `server` in the configuration, and after `add server` at the runtime API. */
export function serverWords(server: Server): string {
  return `${hostPort(server)} ${checks}${server.role === 'spare' ? ' backup' : ''}`;
}

/**
 * What to change at run time; nothing when that cannot be: servers that are added are the last of their backend, and of
 * those that are spare the first that lives is used, so that a nearer one that comes needs another order.
 */
export function serverSteps(
  wanted: readonly Backend[],
  running: readonly RunningServer[],
): ServerSteps | undefined {
  const add: { backend: string; server: Server }[] = [];
  const resume: Pick<RunningServer, 'backend' | 'name'>[] = [];
  const drain: Pick<RunningServer, 'backend' | 'name'>[] = [];
  const runningIn = Map.groupBy(running, ({ backend }) => backend);
  for (const { name: backend, servers } of wanted) {
    const there = runningIn.get(backend) ?? [];
    const known = new Map(there.map((one) => [one.name, one]));
    const names = new Set(servers.map(serverName));
    const spares = servers.filter(({ role }) => role === 'spare').map(serverName);
    const kept = there.map(({ name }) => name).filter((name) => spares.includes(name));
    const order = [...kept, ...spares.filter((name) => !known.has(name))];
    if (order.join() !== spares.join()) return undefined;
    for (const server of servers) {
      const name = serverName(server);
      const found = known.get(name);
      if (!found) add.push({ backend, server });
      else if (found.isDraining) resume.push({ backend, name });
    }
    for (const { name, isDraining } of there) {
      if (!names.has(name) && !isDraining) drain.push({ backend, name });
    }
  }
  return { add, resume, drain };
}
