import { legsOf } from './patch/legs.ts';
import { endOnHost, switchOfWay } from './patch/outside.ts';
import { lookSaidOf, type PodPlace } from './patch/scene.ts';

/** A pod's way into a network. */
interface WayOut {
  /** Index of its interface in the pod. */
  readonly id: number;
  /** The bridge that it leads to, and its port there. */
  readonly bridge: string;
  readonly port: string;
}

/** The ways of pods into networks, by pod. @throws HeddleError ERR_NETWORK, ERR_OVS */
export async function waysOf(
  project: string,
  pods: readonly Omit<PodPlace, 'project'>[],
): Promise<ReadonlyMap<string, readonly WayOut[]>> {
  const { own, places } = await lookSaidOf(project, pods);
  return new Map(
    pods.map(({ pod }, index) => {
      const ways = legsOf(pod, own[index] ?? [], places).ways.flatMap((way) => {
        const port = endOnHost(way, places);
        const at = switchOfWay(way, places);
        return port && at ? [{ id: way.own.ifindex, bridge: at.bridge, port: port.ifname }] : [];
      });
      return [pod, ways];
    }),
  );
}
