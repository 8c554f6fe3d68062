import type { FeatureParameters } from '../application.ts';
import type { Chain, ChainEntry, NetworkFunction } from '../chain.ts';
import { type FunctionHook, type FunctionHooks, hookNames, hookTime } from '../function-hooks.ts';
import type { ComposeFile } from '../schema/compose-file.ts';
import { keyAt, label, type ServiceJob } from './context.ts';

type WrittenChain = NonNullable<NonNullable<ComposeFile['x-heddle']>['chains']>[number];

/** A checked chain as the rest of Heddle sees it. */
export function toChain({ name, from, to, match, through, onFailure = 'closed' }: WrittenChain): Chain {
  return { name, from, to, ports: match?.ports ?? [], through: through.map(toEntry), onFailure };
}

function toEntry(written: WrittenChain['through'][number]): ChainEntry {
  if (typeof written === 'string') return written;
  const [[feature, parameters] = ['', true]] = Object.entries(written);
  return { feature, parameters: parameters === true ? {} : (parameters as FeatureParameters) };
}

export function toFunction(job: ServiceJob): NetworkFunction | undefined {
  const { deploy, 'x-heddle': { function: written } = {} } = job.compose;
  const order = deploy?.update_config?.order === 'start-first' ? 'start-first' : undefined;
  if (order && (!written || written.per === 'replica')) warnNoVersions(job);
  if (!written) return undefined;
  const { mode, port, per = 'service', probe = [], hooks, drain } = written;
  return {
    mode,
    ...(port !== undefined && { port }),
    per,
    probe,
    ...(hooks && { hooks: toHooks(hooks) }),
    ...(drain !== undefined && { drain }),
    ...(order && per === 'service' && { order }),
  };
}

type WrittenHooks = NonNullable<
  NonNullable<NonNullable<ServiceJob['compose']['x-heddle']>['function']>['hooks']
>;

function toHooks(written: WrittenHooks): FunctionHooks {
  return Object.fromEntries(
    hookNames.flatMap((name) => {
      const hook = written[name];
      return hook ? [[name, toHook(name, hook)]] : [];
    }),
  );
}

function toHook(
  name: string,
  { command = [], http, timeout = hookTime.usual }: NonNullable<WrittenHooks[keyof WrittenHooks]>,
): FunctionHook {
  return http ? { http: { port: http.port, path: http.path ?? `/${name}` }, timeout } : { command, timeout };
}

/** No other service is anywhere where two of it could stand. */
function warnNoVersions(job: ServiceJob): void {
  const path = ['deploy', 'update_config', 'order'];
  const message = `${label(job, path)}: start-first is for network functions of their own pods alone, and was ignored`;
  job.assembly.shop.findings.warn('WARN_COMPOSE_IGNORED', message, keyAt(job, path));
}
