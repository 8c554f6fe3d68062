import { describe, expect, it } from 'vitest';
import { checkProgram } from './check-program.ts';
import { readObject } from './elf.ts';

/** An object with one section of code (elf(5)). */
function object(...instructions: readonly Buffer[]): Buffer {
  const code = Buffer.concat(instructions);
  const header = Buffer.alloc(64);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(header);
  header.writeUInt16LE(247, 18);
  header.writeBigUInt64LE(BigInt(64 + code.length), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(1, 60);
  const section = Buffer.alloc(64);
  section.writeBigUInt64LE(4n, 8);
  section.writeBigUInt64LE(64n, 24);
  section.writeBigUInt64LE(BigInt(code.length), 32);
  return Buffer.concat([header, code, section]);
}

function call(number: number, source = 0): Buffer {
  const instruction = Buffer.alloc(8);
  instruction[0] = 0x85;
  instruction[1] = source << 4;
  instruction.writeInt32LE(number, 4);
  return instruction;
}

const refused = (why: string) =>
  expect.objectContaining({ code: 'ERR_NETWORK_PROGRAM', message: expect.stringContaining(why) });

describe('a program of a network’s own', () => {
  it('may look at frames and change them', () => {
    expect(readObject(object(call(1), call(26), call(1)))?.calls).toEqual([
      { kind: 'helper', number: 1 },
      { kind: 'helper', number: 26 },
    ]);
    checkProgram('lab', object(call(1), call(26)));
    checkProgram('lab', object(call(7, 1)));
  });

  it.each([
    ['bpf_clone_redirect', 13],
    ['bpf_redirect', 23],
    ['bpf_redirect_peer', 155],
    ['bpf_tail_call', 12],
  ])('may not send them elsewhere: %s', (_, number) => {
    expect(() => checkProgram('lab', object(call(1), call(number)))).toThrow(
      refused(`calls helper ${number}`),
    );
  });

  it('may not call what is no helper', () => {
    expect(() => checkProgram('lab', object(call(1, 2)))).toThrow(refused('that are no helpers'));
  });

  it('has no maps that others could open by their names', () => {
    const pinned = Buffer.concat([object(call(1)), Buffer.from('\0max_entries\0pinning\0')]);
    expect(() => checkProgram('lab', pinned)).toThrow(refused('pinned by their names'));
  });

  it('has no more sections than it says', () => {
    const hidden = object(call(23));
    hidden.writeUInt16LE(0, 60);
    expect(() => checkProgram('lab', hidden)).toThrow(refused('is no object file'));
  });

  it('is an object file, whole', () => {
    expect(() => checkProgram('lab', Buffer.from('#!/bin/sh'))).toThrow(refused('is no object file'));
    const whole = object(call(1));
    for (let length = 0; length < whole.length; length++)
      expect(() => checkProgram('lab', whole.subarray(0, length))).toThrow(refused('is no object file'));
    expect(() => checkProgram('lab', Buffer.alloc(2 ** 20 + 1))).toThrow(refused('more than 1 MiB'));
  });
});
