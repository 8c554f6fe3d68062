// SPDX-License-Identifier: Apache-2.0
//
// The edge of one host for BMv2 (simple_switch_grpc), architecture v1model: what dataplane/nve.bpf.c does in the kernel. Port 1
// is the uplink; each other port is the stub of a network, whose frames bear a VLAN tag with its id on the wire.
//
//   p4c --target bmv2 --arch v1model --p4runtime-files nve.p4info.bin -o FOLDER dataplane/nve.p4
//
// Heddle finds tables and actions by their names in the compiler's description: another program has these two tables and actions,
// and whatever else it likes.

#include <core.p4>
#include <v1model.p4>

const bit<9> UPLINK = 1;
const bit<16> TYPE_VLAN = 0x8100;
// 01:80:c2:00:00:00 to :0f, without the last digit.
const bit<44> NEXT_BRIDGE = 0x0180c200000;

header ethernet_t {
    bit<48> destination;
    bit<48> source;
    bit<16> ether_type;
}

header tag_t {
    bit<3> pcp;
    bit<1> dei;
    bit<12> vid;
    bit<16> ether_type;
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
        transition select(standard_metadata.ingress_port) {
            UPLINK: from_uplink;
            default: accept;
        }
    }
    state from_uplink {
        transition select(headers.ethernet.ether_type) {
            TYPE_VLAN: tagged;
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

    @id(0x01000002) action push(bit<12> vid) {
        headers.tag.setValid();
        headers.tag.pcp = 0;
        headers.tag.dei = 0;
        headers.tag.vid = vid;
        headers.tag.ether_type = headers.ethernet.ether_type;
        headers.ethernet.ether_type = TYPE_VLAN;
        standard_metadata.egress_spec = UPLINK;
    }

    @id(0x01000003) action pop(bit<9> port) {
        headers.ethernet.ether_type = headers.tag.ether_type;
        headers.tag.setInvalid();
        standard_metadata.egress_spec = port;
    }

    @id(0x02000001) table to_wire {
        key = { standard_metadata.ingress_port: exact @name("port"); }
        actions = { push; @defaultonly drop; }
        const default_action = drop();
        counters = to_wire_passed;
        size = 512;
    }

    @id(0x02000002) table from_wire {
        key = { headers.tag.vid: exact @name("vid"); }
        actions = { pop; @defaultonly drop; }
        const default_action = drop();
        counters = from_wire_passed;
        size = 4096;
    }

    apply {
        if (standard_metadata.ingress_port == UPLINK) {
            if (headers.tag.isValid()) {
                from_wire.apply();
            } else {
                mark_to_drop(standard_metadata);
            }
        } else if (!headers.ethernet.isValid()) {
            mark_to_drop(standard_metadata);
        } else if (headers.ethernet.destination[47:4] == NEXT_BRIDGE) {
            // What is for the next bridge alone (IEEE 802.1Q, 8.6.3) is none of a tenant's to say to one of the physical network.
            mark_to_drop(standard_metadata);
        } else {
            to_wire.apply();
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
