import { Command, InvalidArgumentError } from 'commander';
import { type Format, formatOption, several } from '../../command.ts';

interface CaOptions {
  readonly dir: string;
  readonly out: string;
  readonly host?: string[];
  readonly days: number;
  readonly older?: true;
}

const load = () => import('../../../edge/ca/authority.ts');

/** `heddle edge ca`: who may speak to the broker, whose views are believed, and who may ask nodes about networks. */
export function ca(): Command {
  return new Command('ca')
    .description(
      'Make, renew and revoke the certificates of controllers, brokers, gateways, proxies and operators',
    )
    .addCommand(command('init', 'Make an authority').action(init))
    .addCommand(
      out(
        command(
          'issue',
          'Make a certificate: for controller, broker, gateway:SITE, node:NODE, api:NODE or operator:NAME',
        ),
      )
        .argument('<name>')
        .addOption(
          several('--host <host>', 'name or address that it serves under; may be given several times'),
        )
        .action(issue),
    )
    .addCommand(
      out(command('renew', 'Make another certificate for who has one; the older holds until it is revoked'))
        .argument('<name>')
        .action(renew),
    )
    .addCommand(
      command('revoke', 'Revoke the certificates of a name; crl.pem says so to whoever gets it')
        .argument('<name>')
        .option('--older', 'all but the newest')
        .action(revoke),
    )
    .addCommand(
      command('rotate', 'Give the authority a new root, which signs from now on; the older stay trusted')
        .option('--older', 'trust the newest root only')
        .action(rotate),
    )
    .addCommand(command('list', 'List the certificates').addOption(formatOption()).action(list));
}

function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--dir <folder>', 'folder of the authority', 'edge-ca');
}

function out(of: Command): Command {
  return of
    .requiredOption('--out <folder>', 'where ca.crt, cert.pem, key.pem and crl.pem are written')
    .option('--days <number>', 'how long it holds', days, 365);
}

async function init({ dir }: CaOptions): Promise<void> {
  await (await load()).Authority.create(dir);
}

async function issue(name: string, { dir, host = [], days, out: folder }: CaOptions): Promise<void> {
  const [{ Authority }, { writeCredentials }] = await Promise.all([
    load(),
    import('../../../edge/ca/credentials.ts'),
  ]);
  writeCredentials(folder, await Authority.open(dir).issue(name, host, days));
}

async function renew(name: string, { dir, days, out: folder }: CaOptions): Promise<void> {
  const [{ Authority }, { writeCredentials }] = await Promise.all([
    load(),
    import('../../../edge/ca/credentials.ts'),
  ]);
  writeCredentials(folder, await Authority.open(dir).renew(name, days));
}

async function revoke(name: string, { dir, older }: CaOptions): Promise<void> {
  const count = await (await load()).Authority.open(dir).revoke(name, older === true);
  process.stdout.write(`${count} revoked; copy ${dir}/crl.pem to the controller and the broker\n`);
}

async function rotate({ dir, older }: CaOptions): Promise<void> {
  const authority = (await load()).Authority.open(dir);
  if (older) await authority.dropOldRoots();
  else await authority.addRoot();
  process.stdout.write(
    `copy ${dir}/ca.crt and ${dir}/crl.pem to the controller, the broker and the gateways\n`,
  );
}

async function list({ dir, format }: CaOptions & { readonly format: Format }): Promise<void> {
  const [{ Authority }, { printRows }] = await Promise.all([load(), import('../../output/table.ts')]);
  printRows(Authority.open(dir).issued, format, {
    NAME: ({ subject }) => subject,
    SERIAL: ({ serial }) => serial,
    ROOT: ({ root }) => String(root),
    UNTIL: ({ until }) => new Date(until).toISOString().slice(0, 10),
    STATE: ({ revoked, until }) =>
      revoked !== undefined ? 'revoked' : until < Date.now() ? 'run out' : 'valid',
  });
}

function days(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 3650)
    throw new InvalidArgumentError('expected 1 to 3650 days');
  return number;
}
