// The little of object files that is needed to see what a program calls (elf(5), 64 bits, the least byte first). Pure.

const magic = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
/** EM_BPF. */
const bpfMachine = 247;
const executable = 0x4;
/** SHT_SYMTAB and SHT_NOBITS; bytes of an entry of the first. */
const symbolTable = 2;
const noContent = 8;
const symbol = 24;
const instruction = 8;
/** BPF_JMP | BPF_CALL (RFC 9669, 4.3). */
const callOperation = 0x85;

/** What an instruction calls: a helper of the kernel by its number, or something else of the kernel’s. */
export interface Call {
  readonly kind: 'helper' | 'function';
  readonly number: number;
}

/** What an object has to do with the world outside of it. */
export interface ObjectFile {
  /** All that its programs call in the kernel, once each. Other functions of the object are no calls of that kind. */
  readonly calls: readonly Call[];
  /** Names of what it uses and has not: functions and variables of the kernel's, which whoever loads it looks up there. */
  readonly lacks: readonly string[];
}

/** Nothing where it is no object for eBPF, or is cut off. */
export function readObject(object: Buffer): ObjectFile | undefined {
  const sections = sectionsOf(object);
  if (!sections) return undefined;
  const calls = new Map<string, Call>();
  for (const { flags, content } of sections) {
    if ((flags & BigInt(executable)) === 0n) continue;
    for (const call of callsIn(content)) calls.set(`${call.kind} ${call.number}`, call);
  }
  const lacks = sections
    .filter(({ type }) => type === symbolTable)
    .flatMap(({ content, link }) => undefinedIn(content, sections[link]?.content ?? Buffer.alloc(0)));
  return { calls: [...calls.values()], lacks };
}

interface Section {
  readonly type: number;
  readonly flags: bigint;
  /** Index of the section that goes with it: the names of symbols. */
  readonly link: number;
  readonly content: Buffer;
}

function sectionsOf(object: Buffer): readonly Section[] | undefined {
  if (object.length < 64 || !object.subarray(0, magic.length).equals(magic)) return undefined;
  if (object.readUInt16LE(18) !== bpfMachine) return undefined;
  const [offset, size, count] = [
    object.readBigUInt64LE(40),
    object.readUInt16LE(58),
    object.readUInt16LE(60),
  ];
  // With a count of 0 there may be more than 65,279, whose number stands elsewhere: no program has as many.
  if (size !== 64 || count === 0) return undefined;
  const sections: Section[] = [];
  for (let index = 0; index < count; index++) {
    const header = within(object, offset + BigInt(index * size), BigInt(size));
    if (!header) return undefined;
    const type = header.readUInt32LE(4);
    const content =
      type === noContent
        ? Buffer.alloc(0)
        : within(object, header.readBigUInt64LE(24), header.readBigUInt64LE(32));
    if (!content) return undefined;
    sections.push({ type, flags: header.readBigUInt64LE(8), link: header.readUInt32LE(40), content });
  }
  return sections;
}

function within(object: Buffer, offset: bigint, length: bigint): Buffer | undefined {
  if (offset + length > BigInt(object.length)) return undefined;
  return object.subarray(Number(offset), Number(offset + length));
}

/** Symbols without a section, but for the first, which is none. */
function undefinedIn(symbols: Buffer, names: Buffer): string[] {
  const found: string[] = [];
  for (let at = symbol; at + symbol <= symbols.length; at += symbol) {
    if (symbols.readUInt16LE(at + 6) !== 0) continue;
    const start = symbols.readUInt32LE(at);
    found.push(names.subarray(start, Math.max(start, names.indexOf(0, start))).toString('latin1'));
  }
  return found;
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
