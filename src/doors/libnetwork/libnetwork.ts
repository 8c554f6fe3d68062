import { toHeddleError } from '../../lib/errors.ts';
import { Turns } from '../../lib/turns.ts';
import type * as z from '../../lib/zod.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { invalidError, parsed } from '../../networks/standard/parsed.ts';
import type { Door, DoorAnswer } from '../contract.ts';
import { jsonIn } from '../json.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import { HeldSubnets } from './held-subnets.ts';
import { IpamDriver } from './ipam-driver.ts';
import * as messages from './messages.ts';
import { NetworkDriver } from './network-driver.ts';

/** A method, from what was said to what is answered. */
type Method = (said: unknown, networks: NetworkDriver, ipam: IpamDriver) => Promise<unknown>;

/** The exit code with which the program says that there is no such method. */
const unknownMethod = 2;

const nothing: Method = async () => undefined;

const methods: Readonly<Record<string, Method>> = {
  'Plugin.Activate': async () => ({ Implements: ['NetworkDriver', 'IpamDriver'] }),
  'NetworkDriver.GetCapabilities': async () => ({ Scope: 'local', ConnectivityScope: 'local' }),
  'NetworkDriver.CreateNetwork': told(messages.newNetwork, (asked, networks) =>
    networks.createNetwork(asked),
  ),
  'NetworkDriver.DeleteNetwork': told(messages.network, ({ NetworkID }, networks) =>
    networks.deleteNetwork(NetworkID),
  ),
  'NetworkDriver.CreateEndpoint': told(messages.newEndpoint, (asked, networks) =>
    networks.createEndpoint(asked),
  ),
  'NetworkDriver.EndpointOperInfo': async () => ({ Value: {} }),
  'NetworkDriver.DeleteEndpoint': told(messages.endpoint, (key, networks) => networks.deleteEndpoint(key)),
  'NetworkDriver.Join': told(messages.endpoint, (key, networks) => networks.join(key)),
  'NetworkDriver.Leave': nothing,
  'NetworkDriver.DiscoverNew': nothing,
  'NetworkDriver.DiscoverDelete': nothing,
  'NetworkDriver.ProgramExternalConnectivity': told(messages.publication, (asked, networks) =>
    networks.publish(asked, asked.Options?.['com.docker.network.portmap'] ?? []),
  ),
  'NetworkDriver.RevokeExternalConnectivity': told(messages.endpoint, (key, networks) =>
    networks.publish(key, []),
  ),
  'IpamDriver.GetCapabilities': async () => ({ RequiresMACAddress: false, RequiresRequestReplay: false }),
  'IpamDriver.GetDefaultAddressSpaces': async () => ({
    LocalDefaultAddressSpace: 'heddle',
    GlobalDefaultAddressSpace: 'heddle',
  }),
  'IpamDriver.RequestPool': told(messages.newPool, (asked, _, ipam) => ipam.requestPool(asked)),
  'IpamDriver.ReleasePool': told(messages.pool, ({ PoolID }, _, ipam) => ipam.releasePool(PoolID)),
  'IpamDriver.RequestAddress': told(messages.newAddress, ({ PoolID, Address, Options }, _, ipam) =>
    ipam.requestAddress(PoolID, Address, Options?.['RequestAddressType'] === 'com.docker.network.gateway'),
  ),
  'IpamDriver.ReleaseAddress': told(messages.address, ({ PoolID, Address }, _, ipam) =>
    ipam.releaseAddress(PoolID, Address),
  ),
};

/**
 * The door of Docker: a remote driver of libnetwork, and of its addresses. All is answered from what Heddle keeps: Docker waits, and
 * is asked nothing.
 */
export function dockerDoor(networking: NetworkingService, ports: HostPorts): Door {
  const held = new HeldSubnets();
  const networks = new NetworkDriver(networking, held, ports);
  const ipam = new IpamDriver(networking, held);
  // Docker, which waits no longer for an endpoint to be made, has it removed at once.
  const turns = new Turns();
  return async ({ args: [name = ''], input }) => {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (!method)
      return refusal(unknownMethod, `${JSON.stringify(name.slice(0, 60))} is no method of this plugin`);
    try {
      const said = read(input);
      const work = () => method(said, networks, ipam);
      const endpoint = endpointOf(said);
      const value = await (typeof endpoint === 'string' ? turns.take(endpoint, work) : work());
      return answer(0, (value ?? {}) as object);
    } catch (error) {
      const { code, message, hint } = toHeddleError(error);
      return refusal(1, `${code}: ${message} (${hint})`);
    }
  };
}

/** Of networks it is called `Err`, of addresses `Error`. */
function refusal(code: number, message: string): DoorAnswer {
  return answer(code, { Err: message, Error: message });
}

function answer(code: number, value: object): DoorAnswer {
  return { code, output: `${JSON.stringify(value)}\n` };
}

function told<Value>(
  schema: z.ZodType<Value>,
  carryOut: (value: Value, networks: NetworkDriver, ipam: IpamDriver) => unknown,
): Method {
  return async (said, networks, ipam) => carryOut(parsed(schema, said, 'what Docker said'), networks, ipam);
}

/** Methods without a body have none at all. */
function read(input: string): unknown {
  if (input.trim() === '') return {};
  const json = jsonIn(input);
  if (json) return json.value;
  throw invalidError('what Docker said is no JSON, or nests too deep');
}

/** Which endpoint it is about, if one. */
function endpointOf(said: unknown): unknown {
  return typeof said === 'object' && said !== null && 'EndpointID' in said ? said.EndpointID : undefined;
}
