import { Argument, Command } from 'commander';
import type { PlacedDoor } from '../../../doors/program-places.ts';
import { type Format, formatOption } from '../../command.ts';

interface FolderOption {
  readonly folder?: string;
}

const which = () => new Argument('<door>', 'whose').choices(['cni', 'podman']);

/** `heddle door`: what lets container runtimes have networks of Heddle. */
export function door(): Command {
  return new Command('door')
    .description(
      'Let CNI runtimes and Podman have networks of Heddle (Docker: `heddle node --docker-plugin`)',
    )
    .addCommand(listDoors())
    .addCommand(openDoor())
    .addCommand(closeDoor());
}

function openDoor(): Command {
  return new Command('open')
    .description('Put the plugin where a runtime looks for it, or a newer one in its place')
    .addArgument(which())
    .option('--folder <folder>', 'where that is, if it is not where Debian has it')
    .action(async (name: PlacedDoor, { folder }: FolderOption) => {
      const { place } = await import('../../../doors/program-places.ts');
      process.stdout.write(`${place(name, folder).file}\n`);
    });
}

function closeDoor(): Command {
  return new Command('close')
    .description('Take the plugin away; networks and what is on them stay')
    .addArgument(which())
    .option('--folder <folder>', 'where it was put')
    .action(async (name: PlacedDoor, { folder }: FolderOption) => {
      const { displace } = await import('../../../doors/program-places.ts');
      process.stdout.write(`${displace(name, folder).file}\n`);
    });
}

function listDoors(): Command {
  return new Command('ls')
    .description('List where runtimes look, and what is there')
    .addOption(formatOption())
    .action(async ({ format }: { readonly format: Format }) => {
      const [{ lookAt, places }, { printRows }] = await Promise.all([
        import('../../../doors/program-places.ts'),
        import('../../output/table.ts'),
      ]);
      const doors = (Object.keys(places) as PlacedDoor[]).map((name) => lookAt(name));
      printRows(doors, format, {
        DOOR: (row) => row.door,
        STATE: (row) => row.state,
        FILE: (row) => row.file,
      });
    });
}
