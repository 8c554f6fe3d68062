import { Command, Option } from 'commander';
import { edgeFileOption, endpoint } from './options.ts';

interface GatewayCommandOptions {
  readonly file: string;
  readonly site: string;
  readonly listen?: { address: string; port: number }[];
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
    .action(async ({ file, site, listen = [] }: GatewayCommandOptions) => {
      const [{ startGateway }, { createLog }] = await Promise.all([
        import('../../../edge/gateway/gateway.ts'),
        import('../../../lib/log.ts'),
      ]);
      const running = await startGateway({ file, site, listen, log: createLog() });
      const signal = await new Promise<string>((resolve) => {
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
      });
      await running.stop();
      process.exit(signal === 'SIGINT' ? 130 : 0);
    });
}
