// The little of object files that is needed to see what a program calls (elf(5), 64 bits, the least byte first). Pure.

const magic = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
/** EM_BPF. */
const bpfMachine = 247;
const executable = 0x4;
const instruction = 8;
/** BPF_JMP | BPF_CALL (RFC 9669, 4.3). */
const callOperation = 0x85;

/** What an instruction calls: a helper of the kernel by its number, or something else of the kernel’s. */
export interface Call {
  readonly kind: 'helper' | 'function';
  readonly number: number;
}

/**
 * All that the programs of an object call in the kernel, once each; nothing where it is no object for eBPF. Other functions
 * of the object are no calls of that kind.
 */
export function callsOf(object: Buffer): readonly Call[] | undefined {
  if (object.length < 64 || !object.subarray(0, magic.length).equals(magic)) return undefined;
  if (object.readUInt16LE(18) !== bpfMachine) return undefined;
  const [offset, size, count] = [
    object.readBigUInt64LE(40),
    object.readUInt16LE(58),
    object.readUInt16LE(60),
  ];
  if (size < 64) return undefined;
  const calls = new Map<string, Call>();
  for (let index = 0; index < count; index++) {
    const section = within(object, offset + BigInt(index * size), BigInt(size));
    if (!section) return undefined;
    if ((section.readBigUInt64LE(8) & BigInt(executable)) === 0n) continue;
    const code = within(object, section.readBigUInt64LE(24), section.readBigUInt64LE(32));
    if (!code) return undefined;
    for (const call of callsIn(code)) calls.set(`${call.kind} ${call.number}`, call);
  }
  return [...calls.values()];
}

function within(object: Buffer, offset: bigint, length: bigint): Buffer | undefined {
  if (offset + length > BigInt(object.length)) return undefined;
  return object.subarray(Number(offset), Number(offset + length));
}

/** By its source register: 0 is a helper, 1 a function of the object, 2 one of the kernel’s (RFC 9669, 4.3.1). */
function callsIn(code: Buffer): Call[] {
  const calls: Call[] = [];
  for (let at = 0; at + instruction <= code.length; at += instruction) {
    if (code[at] !== callOperation) continue;
    const source = (code[at + 1] ?? 0) >> 4;
    if (source !== 1)
      calls.push({ kind: source === 0 ? 'helper' : 'function', number: code.readInt32LE(at + 4) });
  }
  return calls;
}
