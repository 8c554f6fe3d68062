import path from 'node:path';
import { Command } from 'commander';
import { several } from '../../command.ts';
import { kubernetesSources } from './clusters.ts';
import { leaseStore } from './lease-store.ts';
import { edgeFileOption, endpoint, metricsEndpoint, metricsOption } from './options.ts';
import { untilSignal } from './signal.ts';

interface ControllerCommandOptions {
  readonly file: string;
  readonly kubernetes?: string[];
  readonly engine?: string[];
  readonly tls: string;
  readonly listen: string;
  readonly broker?: string;
  readonly etcd?: string;
  readonly etcdTls?: string;
  readonly lease?: string;
  readonly metrics?: string;
  readonly state?: string;
}

const brokerPort = 8883;
const metricsPort = 9852;

export function controller(): Command {
  return new Command('controller')
    .description('Run the controller: it computes the view of every site and gives it to the gateway there')
    .addOption(edgeFileOption())
    .addOption(
      several(
        '--kubernetes <context>',
        'a cluster whose published services are led to as well, by its context of the kubeconfig; SITE=CONTEXT puts its nodes at a site',
      ),
    )
    .addOption(
      several(
        '--engine [host]',
        'a host whose applications of `heddle up` publish services: NODE of the edge file, NODE=SOCKET for the socket of its node; nothing more: this host',
      ).preset(''),
    )
    .option('--tls <folder>', 'folder with the controller’s certificate', 'edge-tls')
    .option('--listen <address>', 'where its own broker listens', `0.0.0.0:${brokerPort}`)
    .option('--broker <url>', 'a broker to use instead: mqtts://HOST[:PORT]')
    .option('--etcd <url>', 'etcd that says which of several controllers acts')
    .option('--etcd-tls <folder>', 'folder with ca.crt, cert.pem and key.pem for etcd at https://')
    .option(
      '--lease <context>',
      'a cluster that says it instead, by a Lease: CONTEXT, NAMESPACE=CONTEXT or NAMESPACE/NAME=CONTEXT',
    )
    .addOption(metricsOption(metricsPort))
    .option(
      '--state <folder>',
      'where the epoch, distances and what sources told are kept (default: edge/controller in the state folder)',
    )
    .action(run);
}

async function run({
  file,
  kubernetes = [],
  engine = [],
  tls,
  listen,
  broker,
  etcd,
  etcdTls,
  lease,
  metrics,
  state,
}: ControllerCommandOptions): Promise<void> {
  const [{ Controller }, { engineSources }, { readBrokerUrl }, { campaign }, { createLog }, { nodePaths }] =
    await Promise.all([
      import('../../../edge/controller/controller.ts'),
      import('./engines.ts'),
      import('../../../edge/delivery/dial.ts'),
      import('../../../edge/lease/campaign.ts'),
      import('../../../lib/log.ts'),
      import('../../../lib/paths.ts'),
    ]);
  const log = createLog();
  const store = await leaseStore({ etcd, etcdTls, lease });
  const one = new Controller({
    file,
    sources: [...(await engineSources(engine, file)), ...(await kubernetesSources(kubernetes))],
    tls,
    via: broker === undefined ? { listen: endpoint(listen, brokerPort) } : { broker: readBrokerUrl(broker) },
    state: state ?? path.join(nodePaths(process.env).stateDir, 'edge', 'controller'),
    ...(store && { campaign: (name, known, signal) => campaign(store, name, known, signal, log) }),
    ...(metrics !== undefined && { metrics: metricsEndpoint(metrics, metricsPort) }),
    log,
  });
  untilSignal().then((code) => {
    process.exitCode = code;
    one.stop();
  });
  await one.run();
}
