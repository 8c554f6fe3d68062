# A rank of two that sum up buckets as a training does, each over a connection of its own:
#   ranks.py RANK ADDRESS PORT INTERFACE CONNECTIONS BYTES TIMES
# Rank 1 prints the seconds of each time.
import json, os, sys, time
rank, address, port, interface, connections, size, times = sys.argv[1:]
# gloo opens one context an entry, and takes them in turn (https://github.com/pytorch/pytorch/issues/22978).
os.environ['GLOO_SOCKET_IFNAME'] = ','.join([interface] * int(connections))
import torch, torch.distributed as ranks
torch.set_num_threads(1)
ranks.init_process_group('gloo', init_method=f'tcp://{address}:{port}', rank=int(rank), world_size=2)
buckets = [torch.ones(int(size) // 4 // int(connections)) for _ in range(int(connections))]
def took():
    ranks.barrier()
    began = time.monotonic()
    for work in [ranks.all_reduce(bucket, async_op=True) for bucket in buckets]:
        work.wait()
    return time.monotonic() - began
took()
seconds = [took() for _ in range(int(times))]
if rank == '1':
    print(json.dumps(seconds))
ranks.barrier()
