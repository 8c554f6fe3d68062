import { hostPort } from '../address.ts';
import type { Backend, Server } from '../routes.ts';

/** A server as HAProxy has it. */
export interface RunningServer {
  readonly backend: string;
  readonly name: string;
  /** It gets no new connections: it is to go. */
  readonly isDraining: boolean;
}

type Named = Pick<RunningServer, 'backend' | 'name'>;

/** What brings what runs to what is wanted without a reload. */
export interface ServerSteps {
  readonly add: readonly (Named & { readonly server: Server })[];
  /** Draining ones that are wanted again. */
  readonly resume: readonly Named[];
  readonly drain: readonly Named[];
}

/**
 * How a copy is checked. One whose port is closed is out within ½ s; one that is silent is out after 1 s at this site, after
 * 1.8 s at another, where what is sent may be lost on the way: so five checks have to fail there, and follow each other the
 * sooner. A request that fails to reach it hurries the next check.
 */
function checks({ isFar }: Server): string {
  const pace = isFar ? 'fastinter 30ms fall 5' : 'fastinter 100ms fall 2';
  return `check inter 300ms ${pace} rise 2 observe layer4 error-limit 1 on-error fastinter`;
}

/** A server's name says all about it, so that what runs can be compared with what is wanted. */
export function serverName({ role, address, port }: Server): string {
  return `${role}_${address}_${port}`;
}

/** The words after `server` in the configuration, and after `add server` at the runtime API. */
export function serverWords(server: Server): string {
  return `${hostPort(server)} ${checks(server)}${server.role === 'spare' ? ' backup' : ''}`;
}

/**
 * What to change at run time. Of servers that are spare the first that lives is used, and one that is added is the last of
 * its backend: those that are to stand behind it are added once more, under a second name, and the old ones drain.
 */
export function serverSteps(wanted: readonly Backend[], running: readonly RunningServer[]): ServerSteps {
  const runningIn = Map.groupBy(running, ({ backend }) => backend);
  const steps = wanted.map(({ name, servers }) => stepsIn(name, servers, runningIn.get(name) ?? []));
  return {
    add: steps.flatMap(({ add }) => add),
    resume: steps.flatMap(({ resume }) => resume),
    drain: steps.flatMap(({ drain }) => drain),
  };
}

function stepsIn(backend: string, wanted: readonly Server[], running: readonly RunningServer[]): ServerSteps {
  const add: ServerSteps['add'][number][] = [];
  const kept = new Set<RunningServer>();
  let last = -1;
  for (const server of wanted) {
    const base = serverName(server);
    const isOrdered = server.role === 'spare';
    const found = running.findIndex(
      (one, index) => baseOf(one.name) === base && (!isOrdered || index > last),
    );
    const there = running[found];
    if (there) kept.add(there);
    else add.push({ backend, name: freeName(base, running), server });
    if (isOrdered) last = there ? found : running.length;
  }
  return {
    add,
    resume: running.filter((one) => kept.has(one) && one.isDraining).map(named),
    drain: running.filter((one) => !kept.has(one) && !one.isDraining).map(named),
  };
}

const named = ({ backend, name }: RunningServer): Named => ({ backend, name });

/** `spare_10.0.0.1_80_2` is `spare_10.0.0.1_80` added a second time. */
function baseOf(name: string): string {
  return name.split('_').slice(0, 3).join('_');
}

function freeName(base: string, running: readonly RunningServer[]): string {
  const taken = new Set(running.map(({ name }) => name));
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
  return name;
}
