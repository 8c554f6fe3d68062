import type { Service } from '../descriptor/application.ts';
import type { Descriptor } from '../descriptor/index.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { Diagnostic } from '../lib/errors.ts';
import type { MountSpec } from './spec.ts';
import { reachable, waitsOf } from './waits-for.ts';

/** Where a container finds the outputs of functions, a folder for each. */
const outputsFolder = '/run/heddle/functions';
/** Its file in there. */
export const outputsFile = 'outputs.json';

/** The outputs of a function, in the application's folder. */
export function outputsPlace(fn: string): string {
  return `outputs/${fn}`;
}

/** What a service sees of the functions whose outputs it uses. */
export function outputMounts({ outputsOf = [] }: Pick<Service, 'outputsOf'>): MountSpec[] {
  return outputsOf.map((fn) => ({
    type: 'state',
    source: outputsPlace(fn),
    target: `${outputsFolder}/${fn}`,
    readOnly: true,
  }));
}

/** Outputs that nobody gives, or that whoever gives them waits for. */
export function outputConflicts({ application, at }: Descriptor): Diagnostic[] {
  const { services } = application;
  const needs = waitsOf(services);
  const hooked = Object.values(services).filter(({ function: fn }) => fn?.hooks !== undefined);
  return Object.values(services).flatMap(({ name, outputsOf = [] }) =>
    outputsOf.flatMap((other, index): Diagnostic[] => {
      const path = ['services', name, 'x-heddle', 'outputsOf', index];
      const where = path.join('.');
      const given = hooked.find((one) => one.name === other);
      if (!given)
        return [
          {
            severity: 'error',
            code: 'ERR_UNKNOWN_REFERENCE',
            message: `${where}: no function with hooks is called "${other}"`,
            at: at(path),
            hint:
              didYouMean(
                other,
                hooked.map((one) => one.name),
              ) ?? 'give it hooks, under x-heddle.function.hooks',
          },
        ];
      if (!reachable(other, needs).has(name)) return [];
      return [
        {
          severity: 'error',
          code: 'ERR_DEPENDENCY_CYCLE',
          message: `${where}: ${other} waits for ${name}, which would wait for its outputs: neither would start`,
          at: at(path),
          hint: `let ${other} depend on nothing that uses its outputs`,
        },
      ];
    }),
  );
}
