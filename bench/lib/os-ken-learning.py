# What Heddle's controller does with a packet-in, on os-ken and as directly as it lets one: an address that is new at a port gets
# two flows, one for who may speak and one for the way to it. Frames are not taken apart any further.
from os_ken.base.app_manager import OSKenApp
from os_ken.controller import ofp_event
from os_ken.controller.handler import MAIN_DISPATCHER, set_ev_cls
from os_ken.ofproto import ofproto_v1_3


class Learning(OSKenApp):
    OFP_VERSIONS = [ofproto_v1_3.OFP_VERSION]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ports = {}

    @set_ev_cls(ofp_event.EventOFPPacketIn, MAIN_DISPATCHER)
    def on_packet(self, event):
        message = event.msg
        switch = message.datapath
        port, address = message.match['in_port'], message.data[6:12]
        if self.ports.get(address) == port:
            return
        self.ports[address] = port
        mac = ':'.join('%02x' % byte for byte in address)
        parser, protocol = switch.ofproto_parser, switch.ofproto
        output = parser.OFPInstructionActions(protocol.OFPIT_APPLY_ACTIONS, [parser.OFPActionOutput(port)])
        flows = [
            (0, parser.OFPMatch(in_port=port, eth_src=mac), parser.OFPInstructionGotoTable(1)),
            (1, parser.OFPMatch(eth_dst=mac), output),
        ]
        for table, match, instruction in flows:
            switch.send_msg(
                parser.OFPFlowMod(
                    datapath=switch,
                    table_id=table,
                    priority=100,
                    idle_timeout=300,
                    flags=protocol.OFPFF_SEND_FLOW_REM,
                    match=match,
                    instructions=[instruction],
                )
            )
