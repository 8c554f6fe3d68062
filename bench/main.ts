// `npm run bench -- NAME [options]`: one file a benchmark, and its line here.
import { Command } from 'commander';
import { benchNet } from './bench-net.ts';
import { bonds } from './bonds.ts';
import { chains } from './chains.ts';
import { chainsProof } from './chains-proof.ts';
import { chainsReaction } from './chains-reaction.ts';
import { chainsSites } from './chains-sites.ts';
import { chainsTelemetry } from './chains-telemetry.ts';
import { chainsUpgrade } from './chains-upgrade.ts';
import { cli } from './cli.ts';
import { deploy } from './deploy.ts';
import { edge } from './edge.ts';
import { edgeDns } from './edge-dns.ts';
import { edgeFailover } from './edge-failover.ts';
import { edgeScale } from './edge-scale.ts';
import { etarchBurst } from './etarch-burst.ts';
import { jobs } from './jobs.ts';
import { links } from './links.ts';
import { netSwitch } from './net-switch.ts';
import { networks } from './networks.ts';
import { networksApi } from './networks-api.ts';
import { networksController } from './networks-controller.ts';
import { networksKill } from './networks-kill.ts';
import { networksOverlay } from './networks-overlay.ts';
import { networksRouted } from './networks-routed.ts';
import { returns } from './returns.ts';
import { start } from './start.ts';
import { stress } from './stress.ts';
import { trainings } from './trainings.ts';

const program = new Command('npm run bench --').description('Measures Heddle on this machine.');
for (const command of [
  deploy(),
  start(),
  cli(),
  stress(),
  returns(),
  edge(),
  edgeDns(),
  edgeFailover(),
  edgeScale(),
  networks(),
  networksApi(),
  networksController(),
  networksKill(),
  networksOverlay(),
  networksRouted(),
  netSwitch(),
  etarchBurst(),
  chains(),
  chainsTelemetry(),
  chainsUpgrade(),
  chainsProof(),
  chainsReaction(),
  chainsSites(),
  links(),
  benchNet(),
  bonds(),
  jobs(),
  trainings(),
])
  program.addCommand(command);
await program.parseAsync();
