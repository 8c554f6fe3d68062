import { callerEnvironment } from './caller-environment.ts';

/** As `docker exec -e`: a name alone has the value that it has here, and is left out when it has none. */
export function environmentOf(given: readonly string[], env = callerEnvironment()): string[] {
  return given.flatMap((item) => {
    if (item.includes('=')) return [item];
    const value = Object.hasOwn(env, item) ? env[item] : undefined;
    return value === undefined ? [] : [`${item}=${value}`];
  });
}
