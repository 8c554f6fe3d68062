import { deleteLinks, inNamespace, type Link } from '../../ip.ts';

/** Takes a way out of a pod away: a card of the host's goes back, what is virtual goes. `pid`: of a process in the pod. */
export async function cut(pid: number, { ifindex, ifname, linkinfo }: Link): Promise<void> {
  const change = (...args: string[]) => inNamespace({ pid }, ['ip', 'link', 'set', 'dev', ...args]);
  // Under a name of our own first: the one it has is data.
  const name = `cut${ifindex}`;
  await change(ifname, 'down');
  await change(ifname, 'name', name);
  if (linkinfo?.info_kind === undefined) await change(name, 'netns', String(process.pid));
  else await deleteLinks({ pid }, [name]);
}
