import type { EngineCapability } from '../catalogue/needs.ts';
import type { Template } from '../catalogue/template.ts';
import type { Diagnostic } from '../lib/errors.ts';

/** The engine that an application is selected for. */
export interface EngineOffer {
  /** As it is named to the user: `docker at tcp://10.0.0.1:2376`. */
  readonly name: string;
  readonly offers: ReadonlySet<EngineCapability>;
}

const meanings: Record<EngineCapability, string> = {
  host: 'containers on the host of the node, whose namespaces and links it can reach',
  console: 'programs run in its containers',
  networks: 'networks of the engine’s own',
};

/** What a feature needs and an engine does not offer, as an error; nothing where it offers all. */
export function lackOf(
  { feature, needs }: Pick<Template, 'feature' | 'needs'>,
  { name, offers }: EngineOffer,
): Pick<Diagnostic, 'code' | 'message' | 'hint'> | undefined {
  const lacking = needs.filter((need) => !offers.has(need));
  if (lacking.length === 0) return undefined;
  const said = lacking.map((need) => `\`${need}\` (${meanings[need]})`).join(' and ');
  return {
    code: 'ERR_ENGINE_LACKS',
    message: `${feature} needs ${said}, which the engine, ${name}, does not offer`,
    hint: 'run the node on the host of its engine, or remove the feature',
  };
}
