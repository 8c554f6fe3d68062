import { HeddleError } from '../../../lib/errors.ts';
import { readObject } from './elf.ts';

/** Bytes of an object. */
export const largestObject = 1024 * 1024;

/**
 * Helpers (bpf-helpers(7)) of a network's own program, by their numbers in the kernel: what looks at a frame and changes it, and
 * maps of its own. None that sends a frame elsewhere: that would be another network.
 */
const helpers: ReadonlyMap<number, string> = new Map([
  [1, 'map_lookup_elem'],
  [2, 'map_update_elem'],
  [3, 'map_delete_elem'],
  [5, 'ktime_get_ns'],
  [6, 'trace_printk'],
  [7, 'get_prandom_u32'],
  [8, 'get_smp_processor_id'],
  [9, 'skb_store_bytes'],
  [10, 'l3_csum_replace'],
  [11, 'l4_csum_replace'],
  [18, 'skb_vlan_push'],
  [19, 'skb_vlan_pop'],
  [26, 'skb_load_bytes'],
  [28, 'csum_diff'],
  [34, 'get_hash_recalc'],
  [38, 'skb_change_tail'],
  [39, 'skb_pull_data'],
  [40, 'csum_update'],
  [43, 'skb_change_head'],
  [50, 'skb_adjust_room'],
  [68, 'skb_load_bytes_relative'],
  [93, 'spin_lock'],
  [94, 'spin_unlock'],
  [118, 'jiffies64'],
  [125, 'ktime_get_boot_ns'],
]);

/** The name of the field that asks for a map to be pinned by its name (libbpf, LIBBPF_PIN_BY_NAME), as a string ends. */
const pinning = Buffer.from('pinning\0');

/**
 * Checks a network's own program before the kernel does. Pure.
 * @throws HeddleError ERR_NETWORK_PROGRAM
 */
export function checkProgram(what: string, object: Buffer): void {
  const refused = (why: string) => programError(what, why);
  if (object.length > largestObject) throw refused(`has more than ${largestObject / 1024 / 1024} MiB`);
  const read = readObject(object);
  if (!read) throw refused('is no object file for eBPF');
  const [lacking] = read.lacks;
  if (lacking !== undefined) throw refused(`uses ${lacking.slice(0, 100)}, which is not in it`);
  for (const { kind, number } of read.calls) {
    if (kind === 'function') throw refused('calls functions of the kernel that are no helpers');
    if (!helpers.has(number))
      throw programError(what, `calls helper ${number} of the kernel, which none may`, {
        hint: `such programs may call ${[...helpers.values()].join(', ')}`,
      });
  }
  // Others would find such a map, and it would outlive the program.
  if (object.includes(pinning)) throw refused('has maps that are pinned by their names (`pinning`)');
}

/** `what`: which program, of whom: `network lab: program own`. */
export function programError(
  what: string,
  why: string,
  more: { readonly cause?: unknown; readonly hint?: string } = {},
): HeddleError {
  return new HeddleError('ERR_NETWORK_PROGRAM', `${what} ${why}`, more);
}
