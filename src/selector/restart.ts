import type { RestartPolicy } from '../descriptor/application.ts';

/** Whether a policy lets a container start again that ended by itself. How often is another question. */
export function startsAgain({ condition }: RestartPolicy, exitCode: number | undefined): boolean {
  return condition === 'on-failure' ? exitCode !== 0 : condition !== 'no';
}
