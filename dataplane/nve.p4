// SPDX-License-Identifier: Apache-2.0
//
// The edge of one host for BMv2 (simple_switch_grpc), architecture v1model: what dataplane/nve.bpf.c does in the kernel. Port 1
// is the uplink; each other port is the stub of a network, whose frames bear a VLAN tag with its id on the wire.
//
//   p4c --target bmv2 --arch v1model --p4runtime-files nve.p4info.bin -o FOLDER dataplane/nve.p4
//
// Ids are fixed, so that Heddle knows them without the compiler's description (P4Runtime 1.4, 6.3).

#include <core.p4>
#include <v1model.p4>

const bit<9> UPLINK = 1;
const bit<16> TYPE_VLAN = 0x8100;

header ethernet_t {
    bit<48> to;
    bit<48> from;
    bit<16> type;
}

header tag_t {
    bit<3> priority;
    bit<1> eligible;
    bit<12> id;
    bit<16> type;
}

struct headers_t {
    ethernet_t ethernet;
    tag_t tag;
}

struct metadata_t {
}

// A tag that a tenant has put there is data: only what comes from the wire has one of the edge's.
parser EdgeParser(packet_in packet, out headers_t headers, inout metadata_t meta,
                  inout standard_metadata_t standard_metadata) {
    state start {
        packet.extract(headers.ethernet);
        transition select(standard_metadata.ingress_port, headers.ethernet.type) {
            (UPLINK, TYPE_VLAN): tagged;
            default: accept;
        }
    }
    state tagged {
        packet.extract(headers.tag);
        transition accept;
    }
}

control EdgeVerify(inout headers_t headers, inout metadata_t meta) {
    apply { }
}

control EdgeIngress(inout headers_t headers, inout metadata_t meta,
                    inout standard_metadata_t standard_metadata) {
    @id(0x13000001) direct_counter(CounterType.packets_and_bytes) to_wire_passed;
    @id(0x13000002) direct_counter(CounterType.packets_and_bytes) from_wire_passed;

    @id(0x01000001) action drop() {
        mark_to_drop(standard_metadata);
    }

    @id(0x01000002) action push(bit<12> id) {
        headers.tag.setValid();
        headers.tag.priority = 0;
        headers.tag.eligible = 0;
        headers.tag.id = id;
        headers.tag.type = headers.ethernet.type;
        headers.ethernet.type = TYPE_VLAN;
        standard_metadata.egress_spec = UPLINK;
    }

    @id(0x01000003) action pop(bit<9> port) {
        headers.ethernet.type = headers.tag.type;
        headers.tag.setInvalid();
        standard_metadata.egress_spec = port;
    }

    @id(0x02000001) table to_wire {
        key = { standard_metadata.ingress_port: exact @name("port"); }
        actions = { push; @defaultonly drop; }
        const default_action = drop;
        counters = to_wire_passed;
        size = 512;
    }

    @id(0x02000002) table from_wire {
        key = { headers.tag.id: exact @name("id"); }
        actions = { pop; @defaultonly drop; }
        const default_action = drop;
        counters = from_wire_passed;
        size = 4096;
    }

    apply {
        if (standard_metadata.ingress_port != UPLINK) {
            to_wire.apply();
        } else if (headers.tag.isValid()) {
            from_wire.apply();
        } else {
            drop();
        }
    }
}

control EdgeEgress(inout headers_t headers, inout metadata_t meta,
                   inout standard_metadata_t standard_metadata) {
    apply { }
}

control EdgeChecksum(inout headers_t headers, inout metadata_t meta) {
    apply { }
}

control EdgeDeparser(packet_out packet, in headers_t headers) {
    apply {
        packet.emit(headers.ethernet);
        packet.emit(headers.tag);
    }
}

V1Switch(EdgeParser(), EdgeVerify(), EdgeIngress(), EdgeEgress(), EdgeChecksum(), EdgeDeparser()) main;
