import { Command } from 'commander';
import { chat } from './chat.ts';
import { listTitles } from './ls.ts';

/** `heddle etarch`: entities on networks of etarch. */
export function etarch(): Command {
  return new Command('etarch')
    .description('Titles and workspaces on networks of etarch, which have neither IP nor ARP')
    .addCommand(listTitles())
    .addCommand(chat());
}
