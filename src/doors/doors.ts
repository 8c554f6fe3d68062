import { type Route, route } from '../api/contract.ts';
import type { NetworkingService } from '../networks/standard/networking-service.ts';
import { answerCni } from './cni/cni.ts';
import { type DoorAnswer, type DoorRequest, doorContract } from './contract.ts';
import { answerDocker } from './libnetwork/libnetwork.ts';
import { answerNetavark } from './netavark/netavark.ts';

/** A door: somebody's interface to networks, translated to the standard API. What cannot be done, it says in its own words. */
type Door = (networking: NetworkingService, request: DoorRequest) => Promise<DoorAnswer>;

const doors: Readonly<Record<DoorRequest['door'], Door>> = {
  cni: answerCni,
  netavark: answerNetavark,
  docker: answerDocker,
};

/** What answers doors. */
export interface DoorHost {
  answerDoor(request: DoorRequest): Promise<DoorAnswer>;
}

export function doorsOf(networking: NetworkingService): DoorHost {
  return { answerDoor: (request) => doors[request.door](networking, request) };
}

export const doorRoutes: readonly Route<DoorHost>[] = [
  route(doorContract, async (host: DoorHost, { body }) => {
    const { code, output } = await host.answerDoor(body);
    return `${code}\n${output}`;
  }),
];
