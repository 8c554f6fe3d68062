import path from 'node:path';
import { Command, Option } from 'commander';
import { edgeFileOption, endpoint } from './options.ts';

interface GatewayCommandOptions {
  readonly file: string;
  readonly site: string;
  readonly listen?: { address: string; port: number }[];
  readonly forwarder?: string[];
  readonly state?: string;
}

export function gateway(): Command {
  return new Command('gateway')
    .description(
      'Run the gateway of a site: it answers DNS for the domain, and reads the file again when it changes',
    )
    .addOption(edgeFileOption())
    .requiredOption('--site <name>', 'the site that it stands at')
    .addOption(
      new Option(
        '--listen <address>',
        'where DNS is answered, 192.0.2.1:53; may be given several times (default: port 53 of the site’s gateway)',
      ).argParser(endpoint),
    )
    .option(
      '--forwarder <network>',
      'address or network of a resolver that asks for many clients, 10.1.0.53 or 10.1.0.0/16: it is not limited; may be given several times',
      (text: string, all: string[] = []) => [...all, text],
    )
    .option('--state <folder>', 'where the last good view is kept (default: edge/SITE in the state folder)')
    .action(async ({ file, site, listen = [], forwarder = [], state }: GatewayCommandOptions) => {
      const [{ startGateway }, { createLog }, { nodePaths }] = await Promise.all([
        import('../../../edge/gateway/gateway.ts'),
        import('../../../lib/log.ts'),
        import('../../../lib/paths.ts'),
      ]);
      const running = await startGateway({
        file,
        site,
        listen,
        forwarders: forwarder,
        state: state ?? path.join(nodePaths(process.env).stateDir, 'edge', site),
        log: createLog(),
      });
      const signal = await new Promise<string>((resolve) => {
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
      });
      await running.stop();
      process.exit(signal === 'SIGINT' ? 130 : 0);
    });
}
