import { Command } from 'commander';
import { listChains } from './ls.ts';
import { proveChains } from './prove.ts';
import { showChain } from './show.ts';

/** `heddle chain`: which functions traffic passes, and the proof of it. */
export function chain(): Command {
  return new Command('chain')
    .description('Chains of network functions: what traffic passes them, and the proof that it does')
    .addCommand(listChains())
    .addCommand(showChain())
    .addCommand(proveChains());
}
