import type { Attachment, Service } from '../application.ts';
import type { Assembly } from './context.ts';

/** `links: [db:database]`: the other service answers to the alias on the networks that both are on. */
export function withLinkAliases(
  services: Readonly<Record<string, Service>>,
  { file }: Assembly,
): Record<string, Service> {
  const result: Record<string, Service> = { ...services };
  for (const [name, service] of Object.entries(services)) {
    for (const link of file.services?.[name]?.links ?? []) {
      const [target = '', alias = target] = link.split(':');
      const other = Object.hasOwn(result, target) ? result[target] : undefined;
      if (!other || alias === target) continue;
      const networks: Record<string, Attachment> = { ...other.networks };
      for (const [network, attachment] of Object.entries(other.networks)) {
        if (!Object.hasOwn(service.networks, network) || attachment.aliases.includes(alias)) continue;
        networks[network] = { ...attachment, aliases: [...attachment.aliases, alias] };
      }
      result[target] = { ...other, networks };
    }
  }
  return result;
}
