import type { FeatureParameters } from '../application.ts';
import type { Chain, ChainEntry, NetworkFunction } from '../chain.ts';
import { type FunctionHook, type FunctionHooks, hookNames, hookTime } from '../function-hooks.ts';
import type { ComposeFile } from '../schema/compose-file.ts';
import type { ComposeService } from '../schema/service.ts';

type WrittenChain = NonNullable<NonNullable<ComposeFile['x-heddle']>['chains']>[number];
type WrittenFunction = NonNullable<ComposeService['x-heddle']>['function'];

/** A checked chain as the rest of Heddle sees it. */
export function toChain({ name, from, to, match, through, onFailure = 'closed' }: WrittenChain): Chain {
  return { name, from, to, ports: match?.ports ?? [], through: through.map(toEntry), onFailure };
}

function toEntry(written: WrittenChain['through'][number]): ChainEntry {
  if (typeof written === 'string') return written;
  const [[feature, parameters] = ['', true]] = Object.entries(written);
  return { feature, parameters: parameters === true ? {} : (parameters as FeatureParameters) };
}

export function toFunction(written: WrittenFunction): NetworkFunction | undefined {
  if (!written) return undefined;
  const { mode, per = 'service', probe = [], hooks } = written;
  return { mode, per, probe, ...(hooks && { hooks: toHooks(hooks) }) };
}

type WrittenHooks = NonNullable<NonNullable<WrittenFunction>['hooks']>;

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
