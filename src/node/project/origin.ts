import type { ProjectSource } from '../../api/project.ts';
import type { Descriptor } from '../../descriptor/index.ts';

/** A project as its client has sent it, to be read again later: of the client's variables no more than it uses, which may be secrets. */
export function originOf(source: ProjectSource, { asked }: Pick<Descriptor, 'asked'>): ProjectSource {
  const env = Object.fromEntries(Object.entries(source.env).filter(([name]) => asked.has(name)));
  return { ...source, env };
}
