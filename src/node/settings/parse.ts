import { type Diagnostic, InvalidInput } from '../../lib/errors.ts';
import { plainIssue } from '../../lib/plain-issue.ts';
import { parseYaml, type YamlFile } from '../../lib/yaml.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { type NodeSettings, nodeSettings } from './settings.ts';

/** What a text says, and where. */
export interface ReadSettings {
  readonly settings: NodeSettings;
  readonly at: YamlFile['at'];
}

/**
 * What the text of a file says. Pure.
 * @throws InvalidInput ERR_YAML_SYNTAX, ERR_NODE_SETTINGS: all that is wrong, with its places
 */
export function parseSettings(text: string, file: string): ReadSettings {
  const yaml = parseYaml(text, file);
  if (yaml.problems.length > 0)
    throw new InvalidInput(
      yaml.problems.map(({ message, at }) => ({ severity: 'error', code: 'ERR_YAML_SYNTAX', message, at })),
    );
  // A file that says nothing is one of defaults.
  const said = yaml.value ?? {};
  const checked = nodeSettings.safeParse(said);
  const found = checked.success ? unknownServices(checked.data) : [];
  const diagnostics = [
    ...(checked.error?.issues ?? []).map((issue) => {
      const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      const place = [...issue.path.map(String), ...extra];
      return refused(yaml, place, plainIssue([issue], said, 'the file'));
    }),
    ...found.map((name) => {
      const there = archetypes.map((one) => one.name).join(', ');
      return refused(yaml, ['services', name], `services.${name}: there is no such service, but ${there}`);
    }),
  ];
  if (checked.success && diagnostics.length === 0) return { settings: checked.data, at: yaml.at };
  throw new InvalidInput(diagnostics);
}

function unknownServices({ services }: NodeSettings): string[] {
  const known = new Set(archetypes.map(({ name }) => name));
  return Object.keys(services).filter((name) => !known.has(name));
}

function refused({ at }: YamlFile, place: readonly string[], message: string): Diagnostic {
  return { severity: 'error', code: 'ERR_NODE_SETTINGS', message, at: at(place) };
}
