import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { Turns } from '../../lib/turns.ts';
import { version } from '../../lib/version.ts';
import type * as z from '../../lib/zod.ts';
import { inodeOf } from '../../networks/linux/namespace.ts';
import { ensure, removeIfThere } from '../../networks/standard/ensure.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { invalidError, parsed } from '../../networks/standard/parsed.ts';
import type { Door } from '../contract.ts';
import { jsonIn } from '../json.ts';
import { networkFor, unlessUnknown } from '../network-for.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import { type Execution, execution, podmanNetwork } from './message.ts';
import {
  containerLabel,
  endpointName,
  endpointWishOf,
  networkNameOf,
  networkWishOf,
  podmanNetworkOf,
  portsOf,
  statusOf,
} from './wishes.ts';

/** The door of Podman: a plugin of netavark, as its plugin API 1.0.0 has it. */
export function netavarkDoor(networking: NetworkingService, ports: HostPorts): Door {
  const host: Host = { networking, ports, turns: new Turns() };
  return async ({ args, input }) => {
    try {
      const result = await carryOut(host, args, input);
      return { code: 0, output: result === undefined ? '' : `${JSON.stringify(result)}\n` };
    } catch (error) {
      const { code, message } = toHeddleError(error);
      return { code: 1, output: `${JSON.stringify({ error: `${code}: ${message}` })}\n` };
    }
  };
}

interface Host {
  readonly networking: NetworkingService;
  readonly ports: HostPorts;
  /** Of each interface of a container: who was killed while it waited asks for the contrary at once. */
  readonly turns: Turns;
}

async function carryOut(
  host: Host,
  [command = '', namespace = '']: readonly string[],
  input: string,
): Promise<object | undefined> {
  switch (command) {
    case 'info':
      return { version: version(), api_version: '1.0.0' };
    case 'create': {
      const asked = read(podmanNetwork, input);
      return podmanNetworkOf(asked, await networkFor(host.networking, networkWishOf(asked)));
    }
    case 'setup': {
      const asked = read(execution, input);
      return host.turns.take(endpointName(asked), () => setUp(host, asked, namespace));
    }
    case 'teardown': {
      const asked = read(execution, input);
      return host.turns.take(endpointName(asked), () => tearDown(host, asked));
    }
    default:
      throw new HeddleError('ERR_USAGE', `${JSON.stringify(command.slice(0, 40))} is no command of a plugin`);
  }
}

async function setUp({ networking, ports }: Host, asked: Execution, path: string) {
  const namespace = { path, inode: inodeOf(path) };
  const wanted = portsOf(asked);
  // Somebody may have removed it since Podman’s network was made.
  const network = await networkFor(networking, networkWishOf(asked.network));
  const endpoints = networking.endpoints(network.name);
  const name = endpointName(asked);
  const there = await unlessUnknown(endpoints.read(name));
  if (there && there.labels[containerLabel] !== asked.container_id)
    throw invalidError(`endpoint ${there.name} of ${network.name}: it is another’s`);
  const made = await ports.publish(wanted, { network: network.name, endpoint: name }, (chosen) =>
    ensure(endpoints, endpointWishOf(asked, network, namespace, chosen)),
  );
  return statusOf(asked, made);
}

/** What is not there is as wished; the namespace may be gone. */
async function tearDown({ networking }: Host, asked: Execution): Promise<undefined> {
  const endpoints = networking.endpoints(networkNameOf(asked.network));
  const there = await unlessUnknown(endpoints.read(endpointName(asked)));
  if (there?.labels[containerLabel] === asked.container_id) await removeIfThere(endpoints, there.name);
}

function read<Value>(schema: z.ZodType<Value>, input: string): Value {
  const json = jsonIn(input);
  if (!json) throw invalidError('what netavark said is no JSON, or nests too deep');
  return parsed(schema, json.value, 'what netavark said');
}
