import { expect, test } from 'vitest';
import { verdictOf } from './verdict.ts';

test('why the kernel refused a program, and where in its source', () => {
  const said = `bpftool -j prog loadall own.o /x: libbpf: prog 'from_wire': BPF program load failed: Permission denied
libbpf: prog 'from_wire': -- BEGIN PROG LOAD LOG --
0: R1=ctx() R10=fp0
; char *data = (char *)(long)skb->data; @ own.c:6
0: (61) r1 = *(u32 *)(r1 +76)         ; R1=pkt(r=0)
; return data[3]; } @ own.c:7
1: (71) r0 = *(u8 *)(r1 +3)
invalid access to packet, off=3 size=1, R1(id=0,off=3,r=0)
R1 offset is outside of the packet
processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
-- END PROG LOAD LOG --
libbpf: prog 'from_wire': failed to load: -13
libbpf: failed to load object 'own.o'`;
  expect(verdictOf(said)).toBe('from_wire, own.c:7 `return data[3]; }`: R1 offset is outside of the packet');
  expect(verdictOf(said.replaceAll(/ @ own.c:\d/g, ''))).toBe(
    'from_wire, `return data[3]; }`: R1 offset is outside of the packet',
  );
  expect(verdictOf(said.replaceAll(/^;.*\n/gm, ''))).toBe('from_wire: R1 offset is outside of the packet');
  expect(verdictOf('libbpf: elf: own.o is not a valid eBPF object file')).toContain('not a valid eBPF');
  expect(verdictOf('x'.repeat(5000)).length).toBeLessThanOrEqual(1000);
});
