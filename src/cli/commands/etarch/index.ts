import { Command } from 'commander';
import { chat } from './chat.ts';

/** `heddle etarch`: entities on networks of etarch. */
export function etarch(): Command {
  return new Command('etarch')
    .description('Speak in workspaces of networks of etarch, which have neither IP nor ARP')
    .addCommand(chat());
}
