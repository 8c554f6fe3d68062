import path from 'node:path';
import type { EdgeModel, EdgeNode } from '../../../edge/model/model.ts';
import type { Source } from '../../../edge/sources/source.ts';
import { didYouMean } from '../../../lib/did-you-mean.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { ownAddresses, plainAddress } from '../../../lib/own-addresses.ts';
import { nodePaths } from '../../../lib/paths.ts';

/** Where the applications of one host are heard of. */
interface Host {
  /** The host as a node of the edge file. */
  readonly node: string;
  readonly socket: string;
}

/**
 * The hosts of `--engine NODE=SOCKET`, as sources. Without SOCKET it is this host's; without NODE, the node of the edge file
 * that has an address of this host.
 * @throws HeddleError ERR_USAGE, ERR_EDGE_FILE, ERR_FILE_NOT_FOUND; InvalidInput
 */
export async function engineSources(wanted: readonly string[], file: string): Promise<Source[]> {
  if (wanted.length === 0) return [];
  const [{ NodeClient }, { EngineSource }, { loadEdgeFile }] = await Promise.all([
    import('../../../api/client.ts'),
    import('../../../edge/sources/engine/engine-source.ts'),
    import('../../../edge/sources/load.ts'),
  ]);
  const hosts = readHosts(wanted, loadEdgeFile(file), file);
  return hosts.map(
    ({ node, socket }) =>
      new EngineSource(node, (signal) => new NodeClient(socket).followEdgeServices(signal)),
  );
}

/** @throws HeddleError ERR_USAGE, ERR_EDGE_FILE */
export function readHosts(wanted: readonly string[], { nodes }: EdgeModel, file: string): Host[] {
  const hosts = wanted.map((text): Host => {
    const { name, socket } = readHost(text);
    return {
      node: name === undefined ? ownNode(nodes, file) : known(name, nodes, file),
      socket: path.resolve(socket ?? nodePaths(process.env).socket),
    };
  });
  for (const key of ['node', 'socket'] as const) {
    const twice = hosts.find((host, index) => hosts.findIndex((one) => one[key] === host[key]) < index);
    if (twice) throw new HeddleError('ERR_USAGE', `--engine names the ${key} "${twice[key]}" twice`);
  }
  return hosts;
}

/** `NODE=SOCKET`, or one of them: a socket has a slash, and no name has. */
function readHost(text: string): { readonly name?: string; readonly socket?: string } {
  const [, name, socket] = /^([^=/]+)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && socket !== undefined) return { name, socket };
  if (text === '') return {};
  return text.includes('/') ? { socket: text } : { name: text };
}

function known(name: string, nodes: EdgeModel['nodes'], file: string): string {
  if (Object.hasOwn(nodes, name)) return name;
  const hint = didYouMean(name, Object.keys(nodes));
  throw new HeddleError('ERR_EDGE_FILE', `${file} has no node "${name}"`, { hint });
}

function ownNode(nodes: EdgeModel['nodes'], file: string): string {
  const own = ownAddresses();
  const isOwn = ({ addresses }: EdgeNode) => addresses.some((address) => own.has(plainAddress(address)));
  const [first, ...others] = Object.values(nodes).filter(isOwn);
  if (first && others.length === 0) return first.name;
  const message = first
    ? `several nodes of ${file} have addresses of this host: ${[first, ...others].map(({ name }) => name).join(', ')}`
    : `no node of ${file} has an address of this host`;
  throw new HeddleError('ERR_EDGE_FILE', message, { hint: 'say which it is: --engine NODE' });
}
