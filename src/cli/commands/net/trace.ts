import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FrameWish, Trace } from '../../../networks/standard/traffic.ts';
import {
  type Format,
  formatOption,
  type NetworkingOptions,
  networkingCommand,
  wholeNumber,
} from '../../command.ts';

interface TraceOptions extends NetworkingOptions {
  readonly format: Format;
  readonly from: string;
  readonly to?: string;
  readonly proto?: 'tcp' | 'udp' | 'icmp';
  readonly port?: number;
  readonly ethertype?: number;
  readonly sourceMac?: string;
}

export function traceFrame(): Command {
  return networkingCommand('trace', 'Where a frame would go on a network, and why; nothing is sent')
    .argument('<network>')
    .requiredOption('--from <endpoint>', 'who sends it')
    .option(
      '--to <target>',
      'an endpoint, an IP address or a MAC address, of etarch a workspace or a title; default: all of the network',
    )
    .addOption(new Option('--proto <protocol>', 'what it carries').choices(['tcp', 'udp', 'icmp']))
    .option('--port <number>', 'that it is sent to', wholeNumber)
    .option('--ethertype <hex>', 'of the frame: 0x0880', hexadecimal)
    .option('--source-mac <mac>', 'as if it spoke as somebody else')
    .addOption(formatOption())
    .action(async (network: string, options: TraceOptions) => {
      const [{ presentNetworking }, { printRows }] = await Promise.all([
        import('../../networking-connection.ts'),
        import('../../output/table.ts'),
      ]);
      const traced = await (await presentNetworking(options)).traffic.trace(network, frameOf(options));
      if (options.format === 'json') return printRows([traced], 'json', {});
      printRows(traced.steps, 'table', {
        AT: (row) => row.at,
        RULE: (row) => row.rule,
        EFFECT: (row) => row.effect,
      });
      process.stdout.write(`${endOf(traced)}\n`);
    });
}

function frameOf({ from, to, proto, port, ethertype, sourceMac }: TraceOptions): FrameWish {
  return {
    from,
    ...(to !== undefined && { to }),
    ...(proto !== undefined && { protocol: proto }),
    ...(port !== undefined && { port }),
    ...(ethertype !== undefined && { etherType: ethertype }),
    ...(sourceMac !== undefined && { sourceMac: sourceMac.toLowerCase() }),
  };
}

/** `delivered to web`, `dropped`. */
function endOf({ outcome, to }: Trace): string {
  const named = ({ kind, name, node }: Trace['to'][number]) =>
    kind === 'host' ? 'this host' : node === undefined ? name : `${name} on ${node}`;
  const names = to.map(named).join(', ');
  if (names === '') return outcome;
  return `${outcome} ${outcome === 'leaves' ? 'through' : 'to'} ${names}`;
}

function hexadecimal(text: string): number {
  if (!/^(0x)?[0-9a-f]{1,4}$/i.test(text))
    throw new InvalidArgumentError('a number such as 0x0880 is needed');
  return Number.parseInt(text, 16);
}
