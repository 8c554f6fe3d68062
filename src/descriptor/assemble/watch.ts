import type { WatchRule } from '../application.ts';
import { keyAt, label, type ServiceJob } from './context.ts';
import { toHook } from './hooks.ts';
import { present } from './present.ts';

/** `develop.watch` of a service; nothing when it has none. */
export function toWatch(job: ServiceJob): WatchRule[] | undefined {
  const rules = (job.compose.develop?.watch ?? []).map((rule, i) => {
    const report = (key: string, message: string) => {
      const path = ['develop', 'watch', i, key];
      job.assembly.shop.findings.error(
        'ERR_COMPOSE_TYPE',
        `${label(job, path)}: ${message}`,
        keyAt(job, ['develop', 'watch', i]),
      );
    };
    if (rule.action === 'rebuild' && !job.compose.build) {
      report('action', 'a service without "build" cannot be rebuilt');
    }
    if (rule.action.startsWith('sync') && !rule.target?.startsWith('/')) {
      report('target', 'what is synced needs an absolute path in the service');
    }
    if (rule.action === 'sync+exec' && !rule.exec?.command?.length) {
      report('exec', 'sync+exec needs a "command"');
    }
    return present({
      path: rule.path,
      action: rule.action,
      target: rule.target,
      ignore: rule.ignore ?? [],
      include: rule.include ?? [],
      initialSync: rule.initial_sync ?? false,
      exec: rule.exec ? toHook(rule.exec) : undefined,
    }) satisfies WatchRule;
  });
  return rules.length > 0 ? rules : undefined;
}
