import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Template } from '../catalogue/template.ts';
import type { FeatureParameters } from '../descriptor/application.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import type { ErrorCode } from '../lib/error-codes.ts';

/** What an agent may use: `cpu` in cores (2 % is 0.02), `memory` in bytes. */
export interface Budget {
  readonly cpu?: number;
  readonly memory?: number;
}

interface Problem {
  readonly code: ErrorCode;
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string | undefined;
}

/** JSON Schema of the parameter `budget`, which every feature has. */
export const budgetSchema = {
  description: 'What each agent may use of one core and of memory; over it for a minute, it is detached.',
  type: 'object',
  additionalProperties: false,
  properties: {
    cpu: { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*%$', examples: ['2%'] },
    memory: {
      anyOf: [
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*[kKmMgG]?[bB]?$' },
      ],
      examples: ['64M'],
    },
  },
} as const;

/** JSON Schema of all that may be written under a feature's name in a map. */
export function parametersSchema(template: Template): Record<string, unknown> {
  const properties = (template.parameters['properties'] ?? {}) as Record<string, unknown>;
  return { ...template.parameters, properties: { ...properties, budget: budgetSchema } };
}

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  useDefaults: true,
  strict: false,
  allowUnionTypes: true,
});

/** Compiled once for each template: that takes longer than everything else about a request. */
const validators = new WeakMap<Template, ValidateFunction>();

function validatorOf(template: Template): ValidateFunction {
  const known = validators.get(template);
  if (known) return known;
  const made = ajv.compile(parametersSchema(template));
  validators.set(template, made);
  return made;
}

/** Checks a request against its template's schema and fills in the defaults. */
export function checkParameters(
  template: Template,
  request: FeatureParameters,
): { parameters: FeatureParameters; budget?: Budget; problems: Problem[] } {
  const { budget: _budget, ...parameters } = structuredClone(request) as Record<string, unknown>;
  const value: Record<string, unknown> = structuredClone(request);
  const validate = validatorOf(template);
  const problems = validate(value) ? [] : explain(validate.errors ?? []);
  delete value['budget'];
  const budget = problems.length === 0 ? budgetOf(request['budget']) : undefined;
  return { parameters: problems.length === 0 ? value : parameters, ...(budget && { budget }), problems };
}

/** One message for each place; an `anyOf` that fails says nothing its branches do not. */
function explain(errors: readonly ErrorObject[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const error of errors) {
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf' || error.keyword === 'if') continue;
    const path = error.instancePath.split('/').slice(1);
    const problem = problemOf(error, path);
    const key = problem.path.join('/');
    if (!problems.has(key)) problems.set(key, problem);
  }
  return [...problems.values()];
}

function problemOf(error: ErrorObject, path: string[]): Problem {
  const code = 'ERR_FEATURE_PARAMETER' as const;
  if (error.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
    return { code, path: [...path, name], message: 'no such parameter', hint: didYouMean(name, known) };
  }
  if (error.keyword === 'enum') {
    return {
      code,
      path,
      message: `must be one of ${(error.params['allowedValues'] as unknown[]).join(', ')}`,
    };
  }
  const described: unknown = error.parentSchema?.['description'];
  if (error.keyword === 'pattern' && typeof described === 'string') {
    return { code, path, message: `is not as it should be: ${described}` };
  }
  return { code, path, message: error.message ?? 'is not valid' };
}

function budgetOf(raw: unknown): Budget | undefined {
  if (raw === undefined || raw === null) return undefined;
  const { cpu, memory } = raw as { cpu?: string; memory?: string | number };
  return {
    ...(cpu !== undefined && { cpu: Number.parseFloat(cpu) / 100 }),
    ...(memory !== undefined && { memory: bytes(memory) }),
  };
}

const units: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `64M`, `1.5g`, `1048576`: bytes. */
export function bytes(text: string | number): number {
  if (typeof text === 'number') return text;
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)b?$/i.exec(text.trim());
  if (!match) return Number.NaN;
  return Math.round(Number(match[1]) * (units[(match[2] ?? '').toLowerCase()] ?? 1));
}
