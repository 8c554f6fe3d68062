import { legsOf } from './patch/legs.ts';
import { endOnHost, switchOfWay } from './patch/outside.ts';
import { lookSaid, type PodPlace } from './patch/scene.ts';

/** A pod's ways into networks, each with the bridge that it leads to and its port there. @throws HeddleError ERR_NETWORK, ERR_OVS */
export async function waysOf(
  place: PodPlace,
): Promise<{ readonly id: number; readonly bridge: string; readonly port: string }[]> {
  const { own, places } = await lookSaid(place);
  return legsOf(place.pod, own, places).ways.flatMap((way) => {
    const port = endOnHost(way, places);
    const at = switchOfWay(way, places);
    return port && at ? [{ id: way.own.ifindex, bridge: at.bridge, port: port.ifname }] : [];
  });
}
