import type { Command } from 'commander';
import { type ListingOptions, listing, listingCommand } from '../../cli/listing.ts';
import type { RuleSuggestion, Suggestion, suggestionsContract } from './contract.ts';

interface SuggestOptions extends ListingOptions {
  readonly since: string;
}

/** `heddle firewall suggest`. */
export function suggest(): Command {
  return listingCommand(
    'suggest',
    'Print the tightest rules that the flows seen allow, to paste into the file',
  )
    .argument('[services...]', 'only for these services')
    .option('--since <time>', '1h, RFC 3339, or seconds since 1970', '1d')
    .action(async (services: string[], options: SuggestOptions) => {
      const { node, project, time, orNone } = await listing(options);
      const asked = node.ask<typeof suggestionsContract>(
        'GET /v1/applications/:project/firewall/suggestions',
        { params: { project }, query: { services, since: time(options.since) } },
      );
      const suggestions = await orNone(asked, []);
      const text =
        options.format === 'json' ? `${JSON.stringify(suggestions, null, 2)}\n` : await yamlText(suggestions);
      process.stdout.write(text);
    });
}

async function yamlText(suggestions: readonly Suggestion[]): Promise<string> {
  const { Document, isMap, isSeq, visit } = (await import('yaml')).default;
  const services = Object.fromEntries(
    suggestions.map(({ service, ingress, egress }) => {
      const firewall = {
        ingress: ingress.map(({ ports, peers }) => ({ ports, from: peers })),
        egress: egress.map(({ ports, peers }) => ({ ports, to: peers })),
      };
      return [service, { 'x-heddle': { manage: { firewall } } }];
    }),
  );
  const document = new Document({ services });
  document.commentBefore =
    ' From what each service’s own probe saw. A program in the service that may make packets of its own (NET_RAW, which\n containers have by default) could have made some of it: read each rule before you use it.';
  const evidence = suggestions.flatMap(({ ingress, egress }) => [...ingress, ...egress]);
  visit(document, {
    Map: (_key, node) => {
      if (!node.has('ports')) return;
      // Rules come in the order that they were written in.
      node.comment = commentOf(evidence.shift()) ?? null;
      for (const { value } of node.items) if (isSeq(value)) value.flow = true;
      node.flow = true;
    },
    Seq: (_key, node) => {
      if (node.items.length === 0 || !node.items.every(isMap)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function commentOf(rule: RuleSuggestion | undefined): string | undefined {
  return rule && ` ${rule.flows} flows, last ${rule.last.slice(0, 19)}Z`;
}
