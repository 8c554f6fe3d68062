# A controller on os-ken that knows nothing of Heddle: each switch sends what comes in to all its other ports.
from os_ken.base.app_manager import OSKenApp
from os_ken.controller import ofp_event
from os_ken.controller.handler import CONFIG_DISPATCHER, set_ev_cls
from os_ken.ofproto import ofproto_v1_3


class Hub(OSKenApp):
    OFP_VERSIONS = [ofproto_v1_3.OFP_VERSION]

    @set_ev_cls(ofp_event.EventOFPSwitchFeatures, CONFIG_DISPATCHER)
    def on_switch(self, event):
        switch = event.msg.datapath
        parser, protocol = switch.ofproto_parser, switch.ofproto
        actions = [parser.OFPActionOutput(protocol.OFPP_FLOOD)]
        apply = parser.OFPInstructionActions(protocol.OFPIT_APPLY_ACTIONS, actions)
        switch.send_msg(parser.OFPFlowMod(datapath=switch, priority=1, match=parser.OFPMatch(), instructions=[apply]))
