import { type Route, route } from '../api/contract.ts';
import { listening } from '../networks/ip/listening.ts';
import type { NetworkingService } from '../networks/standard/networking-service.ts';
import { cniDoor } from './cni/cni.ts';
import { type Door, type DoorAnswer, type DoorRequest, doorContract } from './contract.ts';
import { dockerDoor } from './libnetwork/libnetwork.ts';
import { netavarkDoor } from './netavark/netavark.ts';
import { HostPorts } from './ports/host-ports.ts';

/** What answers at doors. */
export interface DoorHost {
  answerDoor(request: DoorRequest): Promise<DoorAnswer>;
}

/** @param node the name of this one, where several share their networks */
export function doorsOf(networking: NetworkingService, node: string): DoorHost {
  const ports = new HostPorts(networking, node, listening);
  const doors: Readonly<Record<DoorRequest['door'], Door>> = {
    cni: cniDoor(networking, node),
    netavark: netavarkDoor(networking, ports),
    docker: dockerDoor(networking, ports),
  };
  return { answerDoor: (request) => doors[request.door](request) };
}

export const doorRoutes: readonly Route<DoorHost>[] = [
  route(doorContract, async (host: DoorHost, { body }) => {
    const { code, output } = await host.answerDoor(body);
    return `${code}\n${output}`;
  }),
];
