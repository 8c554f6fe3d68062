import { configurationFolder } from '../networks/path/kind.ts';
import type { FunctionOf } from '../networks/path/kinds.ts';
import { type AgentTemplate, containerFrom, plainSandbox } from './containers.ts';
import type { Deployment } from './deployment.ts';
import type { FeatureUse } from './features.ts';
import { functionFolder, type PodSpec } from './spec.ts';
import { contextOf } from './template-context.ts';

/** A function of the catalogue: what it does with traffic, and the agent of its template that does it. */
interface TemplateFunction {
  readonly use: FeatureUse;
  readonly does: FunctionOf;
  readonly name: string;
  readonly agent: AgentTemplate;
}

/** The pod of a function that stands in the path of a pod's traffic. `actsFor`: what its template knows the pod by. */
export function functionPod(
  deployment: Deployment,
  { use, does, name, agent }: TemplateFunction,
  pod: PodSpec,
  fn: string,
  actsFor = pod.name,
): PodSpec {
  const { feature } = use.template;
  const context = contextOf(deployment, use, { ...pod, name: actsFor });
  const common = containerFrom(deployment.images, agent, use.template, context);
  const configuration = {
    type: 'state' as const,
    source: functionFolder(fn),
    target: configurationFolder,
    readOnly: true,
  };
  return {
    name: fn,
    role: 'function',
    ...(use.service !== undefined && { service: use.service }),
    sandbox: plainSandbox(deployment.images, fn),
    containers: [
      {
        ...common,
        mounts: [...common.mounts, configuration],
        name: `${fn}.${name}`,
        key: `${feature}.${name}`,
        role: 'agent',
        feature,
        sharing: 'none',
      },
    ],
    path: [],
    function: { ...does, pod: pod.name },
    ...(pod.role === 'oneoff' && { oneOff: true }),
  };
}
