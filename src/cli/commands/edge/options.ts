import { InvalidArgumentError, Option } from 'commander';

/** The edge file, which every command about the edge reads. */
export function edgeFileOption(): Option {
  return new Option('-f, --file <path>', 'edge file').default('edge.yaml').env('HEDDLE_EDGE_FILE');
}

/** `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`; port 53 unless another is written. */
export function endpoint(
  text: string,
  all: readonly { address: string; port: number }[] | undefined,
): { address: string; port: number }[] {
  const [, six, four, port = '53'] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::(\d+))?$/.exec(text) ?? [];
  const address = six ?? four;
  if (address === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError('write it as 192.0.2.1:53 or [2001:db8::1]:53');
  }
  return [...(all ?? []), { address, port: Number(port) }];
}
