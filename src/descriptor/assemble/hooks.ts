import type { Hook, Hooks } from '../application.ts';
import type { ComposeService } from '../schema/service.ts';
import { keyAt, label, type ServiceJob } from './context.ts';
import { present, textMap } from './present.ts';

/** `pre_start`, `post_start` and `pre_stop` of a service; nothing when it has none. */
export function toHooks(job: ServiceJob): Hooks | undefined {
  const [preStart, postStart, preStop] = (['pre_start', 'post_start', 'pre_stop'] as const).map((key) =>
    hooksOf(job, key),
  );
  if (!preStart && !postStart && !preStop) return undefined;
  return present({ preStart, postStart, preStop });
}

function hooksOf(job: ServiceJob, key: 'pre_start' | 'post_start' | 'pre_stop'): Hook[] | undefined {
  const written = job.compose[key] ?? [];
  const hooks = written.map((hook, i) => {
    if (!hook.command || hook.command.length === 0) {
      const message = `${label(job, [key, i])}: a hook needs a "command"`;
      job.assembly.shop.findings.error('ERR_COMPOSE_TYPE', message, keyAt(job, [key, i]));
    }
    return toHook(hook);
  });
  return hooks.length > 0 ? hooks : undefined;
}

type Written = NonNullable<ComposeService['post_start']>[number];

export function toHook(hook: Written): Hook {
  return present({
    command: hook.command ?? [],
    user: hook.user,
    privileged: hook.privileged ?? false,
    workingDir: hook.working_dir,
    environment: textMap(hook.environment),
  });
}
