/** What the container is called that owns the namespaces of a pod. */
export function sandboxName(pod: string): string {
  return `${pod}.sandbox`;
}
