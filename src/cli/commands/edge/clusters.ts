import type { Source } from '../../../edge/sources/source.ts';
import { HeddleError } from '../../../lib/errors.ts';

/**
 * The clusters of `--kubernetes CONTEXT` and `--kubernetes SITE=CONTEXT`, as sources.
 * @throws HeddleError ERR_USAGE, ERR_KUBERNETES
 */
export async function kubernetesSources(wanted: readonly string[]): Promise<Source[]> {
  if (wanted.length === 0) return [];
  const clusters = wanted.map(readCluster);
  const twice = clusters.find(
    ({ context }, index) => clusters.findIndex((one) => one.context === context) < index,
  );
  if (twice) throw new HeddleError('ERR_USAGE', `the cluster "${twice.context}" is named twice`);
  const [{ connectCluster }, { KubernetesSource }] = await Promise.all([
    import('../../../engines/kubernetes/connect.ts'),
    import('../../../edge/sources/kubernetes/kubernetes-source.ts'),
  ]);
  return Promise.all(
    clusters.map(
      async ({ context, site }) => new KubernetesSource(context, await connectCluster(context), site),
    ),
  );
}

/** What stands before a `=` is a site if it can be one: names of contexts may hold anything. */
function readCluster(text: string): { readonly context: string; readonly site?: string } {
  const [, site, context] = /^([a-z0-9][a-z0-9-]{0,62})=(.+)$/.exec(text) ?? [];
  return site === undefined || context === undefined ? { context: text } : { context, site };
}
