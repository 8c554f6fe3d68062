import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { version } from '../../lib/version.ts';
import type * as z from '../../lib/zod.ts';
import { ensure, removeIfThere } from '../../networks/standard/ensure.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { invalidError, parsed } from '../../networks/standard/parsed.ts';
import type { Door } from '../contract.ts';
import { inodeOf } from '../inode.ts';
import { networkFor, unlessUnknown } from '../network-for.ts';
import { type Execution, execution, podmanNetwork } from './message.ts';
import {
  containerLabel,
  endpointName,
  endpointWishOf,
  networkNameOf,
  networkWishOf,
  podmanNetworkOf,
  statusOf,
} from './wishes.ts';

/** The door of Podman: a plugin of netavark, as its plugin API 1.0.0 has it. */
export function netavarkDoor(networking: NetworkingService): Door {
  return async ({ args, input }) => {
    try {
      const result = await carryOut(networking, args, input);
      return { code: 0, output: result === undefined ? '' : `${JSON.stringify(result)}\n` };
    } catch (error) {
      const { code, message } = toHeddleError(error);
      return { code: 1, output: `${JSON.stringify({ error: `${code}: ${message}` })}\n` };
    }
  };
}

async function carryOut(
  networking: NetworkingService,
  [command = '', namespace = '']: readonly string[],
  input: string,
): Promise<object | undefined> {
  switch (command) {
    case 'info':
      return { version: version(), api_version: '1.0.0' };
    case 'create': {
      const asked = read(podmanNetwork, input);
      return podmanNetworkOf(asked, await networkFor(networking, networkWishOf(asked)));
    }
    case 'setup':
      return setUp(networking, read(execution, input), namespace);
    case 'teardown':
      return tearDown(networking, read(execution, input));
    default:
      throw new HeddleError('ERR_USAGE', `${JSON.stringify(command.slice(0, 40))} is no command of a plugin`);
  }
}

async function setUp(networking: NetworkingService, asked: Execution, namespace: string) {
  const inode = inodeOf(namespace);
  // Somebody may have removed it since Podman’s network was made.
  const network = await networkFor(networking, networkWishOf(asked.network));
  const endpoints = networking.endpoints(network.name);
  const there = await unlessUnknown(endpoints.read(endpointName(asked)));
  if (there && there.labels[containerLabel] !== asked.container_id)
    throw invalidError(`endpoint ${there.name} of ${network.name}: it is another’s`);
  return statusOf(asked, await ensure(endpoints, endpointWishOf(asked, network, namespace, inode)));
}

/** What is not there is as wished; the namespace may be gone. */
async function tearDown(networking: NetworkingService, asked: Execution): Promise<undefined> {
  const endpoints = networking.endpoints(networkNameOf(asked.network));
  const there = await unlessUnknown(endpoints.read(endpointName(asked)));
  if (there?.labels[containerLabel] === asked.container_id) await removeIfThere(endpoints, there.name);
}

function read<Value>(schema: z.ZodType<Value>, input: string): Value {
  let json: unknown;
  try {
    json = JSON.parse(input);
  } catch {
    throw invalidError('what netavark said is no JSON');
  }
  return parsed(schema, json, 'what netavark said');
}
