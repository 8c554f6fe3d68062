import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { isInstalled, run } from '../../lib/exec.ts';
import type { Test } from './measurement.ts';
import type { Need } from './tools/tool.ts';
import { toolFor } from './tools/tools.ts';

/** Why a test cannot be carried out on this host: what is not installed. Nothing where it can. */
export async function lackOf(test: Test): Promise<HeddleError | undefined> {
  const { needs } = toolFor(test);
  const there = await Promise.all(needs.map(isThere));
  const packages = needs.filter((_, index) => !there[index]).map((need) => need.package);
  if (packages.length === 0) return undefined;
  return new HeddleError(
    'ERR_MEASURE',
    `${packages.join(' and ')} ${packages.length === 1 ? 'is' : 'are'} not installed`,
    { hint: `apt-get install ${packages.join(' ')}` },
  );
}

async function isThere({ program, module }: Need): Promise<boolean> {
  if (module === undefined) return isInstalled(program);
  const find = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(module)}) is None)`;
  return run(program, ['-c', find], { code: 'ERR_MEASURE' }).then(
    () => true,
    (error) => {
      if (isHeddleError(error, 'ERR_MEASURE')) return false;
      throw error;
    },
  );
}
