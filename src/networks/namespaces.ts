import { checkedName } from '../lib/names.ts';

// Names under /run/netns, of the namespaces that outlive every process in them.

/** Of the namespace with an application's management bridge. */
export function managementNamespace(project: string): string {
  return `heddle-${checkedName('project', project)}`;
}

/** Of the namespace of a function in a path, by its pod. */
export function functionNamespace(fn: string): string {
  return `heddle-${checkedName('container', fn)}`;
}

/** Of the patch panel of an application. The name of no pod has a dot after the project’s. */
export function patchNamespace(project: string): string {
  return `${managementNamespace(project)}.patch`;
}
