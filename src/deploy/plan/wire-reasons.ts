import { functionsOf } from '../../selector/led.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { type Observed, passedBy } from '../observed.ts';
import type { Planning } from './planning.ts';

/** More of them nobody reads in one line. */
const said = 3;

/**
 * Why a pod's traffic has to be led, in words; nothing where it goes as it should. To heal takes nothing out of a path but what
 * does not run. `renewed`: the pod's namespace is new, or that of a function, or its program; `bypassed`: functions that do not
 * run, which its chains do without.
 */
export function whyLed(
  { spec, observed, options }: Planning,
  pod: PodSpec,
  { renewed, bypassed }: { readonly renewed: boolean; readonly bypassed: readonly string[] },
): string | undefined {
  const functions = functionsOf(pod);
  const passed = passedBy(observed, pod.name);
  const left = passed.filter((fn) => !functions.includes(fn));
  const all = inWords(spec, pod);
  const stopped = left.filter((fn) => bypassed.includes(fn));
  if (stopped.length > 0)
    return `its chains do without ${stopped.slice(0, said).join(', ')}, which does not run`;
  if (functions.length === 0 && left.length === 0) return undefined;
  if (!functions.some((fn) => passed.includes(fn))) return `its traffic has to pass ${all}`;
  if (renewed || !isWhole(observed, pod) || functions.some((fn) => !passed.includes(fn)))
    return `not all of its traffic passes ${all}`;
  const gone = goneFrom(observed, pod);
  if (options.mode === 'up' && (left.length > 0 || gone.length > 0))
    return left.length > 0
      ? `its traffic passes ${left.slice(0, said).join(', ')} no longer`
      : `the chain ${gone.slice(0, said).join(', ')} is no longer asked for`;
  return inOrder(observed, pod, left) ? undefined : `its traffic has to pass in another order: ${all}`;
}

/** The functions as the user knows them: of a path by their pods, of a chain by the names that it has for them. */
function inWords({ chains: known = [] }: DeploymentSpec, { path, chains = [] }: PodSpec): string {
  const all = [
    ...chains.map(({ chain, path: functions }) => {
      const through = known.find(({ name }) => name === chain)?.through ?? functions;
      return `${through.join(', ')} (chain ${chain})`;
    }),
    ...(path.length > 0 ? [path.join(', ')] : []),
  ];
  const more = all.length > said ? `; and ${all.length - said} more` : '';
  return `${all.slice(0, said).join('; ')}${more}`;
}

function isWhole({ paths, chains }: Observed, { name, path }: PodSpec): boolean {
  const now = paths.find((one) => one.pod === name);
  return now ? now.whole : path.length === 0 && chains?.[name] !== undefined;
}

/** The chains that a pod's traffic passes and is not to pass any more. */
function goneFrom({ chains = {} }: Observed, pod: PodSpec): string[] {
  const wanted = new Set(pod.chains?.map(({ chain }) => chain));
  return Object.keys(chains[pod.name]?.paths ?? {}).filter((chain) => !wanted.has(chain));
}

/** Whether each way leads through its functions in their order, those set aside that are left over. */
function inOrder(
  { paths, chains }: Observed,
  { name, path, chains: wanted = [] }: PodSpec,
  left: readonly string[],
): boolean {
  const now = paths.find((one) => one.pod === name)?.path ?? [];
  const byChain = chains?.[name]?.paths ?? {};
  const inChains = new Set(Object.values(byChain).flat());
  const own = now.filter((fn) => path.includes(fn) || !inChains.has(fn));
  const isSame = (a: readonly string[], b: readonly string[]) =>
    a.filter((fn) => !left.includes(fn)).join(' ') === b.join(' ');
  return isSame(own, path) && wanted.every(({ chain, path: of }) => isSame(byChain[chain] ?? [], of));
}
