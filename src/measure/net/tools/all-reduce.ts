import { HeddleError } from '../../../lib/errors.ts';
import { median } from '../../../lib/statistics.ts';
import * as z from '../../../lib/zod.ts';
import { jsonIn } from '../json.ts';
import type { Figures } from '../measurement.ts';
import { lastWords } from './last-words.ts';
import type { Place, Tool } from './tool.ts';

// PyTorch’s gloo, as Debian has it: a rank at each end. Pure.

/** Debian’s: another that comes first on the PATH knows nothing of Debian’s modules. */
const python = '/usr/bin/python3';

/**
 * gloo takes the interface that its host’s name leads to, most often the loopback, unless it is told: each rank finds the one by which
 * the other is reached. Rank 1 says how often they do it, from how long the first took.
 */
const rank = `
import fcntl, json, os, socket, struct, sys, time
rank, address, port, size, seconds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    probe.connect((address, port))
    own = probe.getsockname()[0]
    def has(name):
        try:
            return socket.inet_ntoa(fcntl.ioctl(probe, 0x8915, struct.pack('256s', name.encode()))[20:24]) == own
        except OSError:
            return False
    os.environ['GLOO_SOCKET_IFNAME'] = next(name for _, name in socket.if_nameindex() if has(name))
import torch, torch.distributed as ranks
torch.set_num_threads(1)
ranks.init_process_group('gloo', init_method=f'tcp://{address}:{port}', rank=rank, world_size=2)
values = torch.ones(size // 4)
def took():
    began = time.monotonic()
    ranks.all_reduce(values)
    return time.monotonic() - began
took()
count = torch.tensor([max(1, int(seconds / took()))])
ranks.broadcast(count, 1)
times = [took() for _ in range(int(count))]
if rank == 1:
    print(json.dumps({'seconds': times}))
ranks.barrier()
`;

const printed = z.object({ seconds: z.array(z.number().positive()).min(1) });

export function allReduce({ size }: { readonly size: number }): Tool {
  const command = (number: number, { address, port }: Place, seconds: number) => [
    python,
    '-c',
    rank,
    ...[number, address, port, size, seconds].map(String),
  ];
  return {
    needs: [{ program: python, module: 'torch', package: 'python3-torch' }],
    server: (place) => command(0, place, 0),
    client: (place, seconds) => command(1, place, seconds),
    // The first says how often it is done: on a slow path that takes its time, as PyTorch does where others run.
    patience: 60_000,
    figures,
  };
}

/** @throws HeddleError ERR_MEASURE where it did not measure */
function figures(text: string): Figures {
  const line = text.split('\n').find((one) => one.startsWith('{'));
  const said = printed.safeParse(jsonIn(line ?? ''));
  if (!said.success) throw new HeddleError('ERR_MEASURE', `all-reduce: ${lastWords(text)}`);
  return { seconds: median(said.data.seconds) };
}
