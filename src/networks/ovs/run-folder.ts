/** Where Open vSwitch has its sockets, as its own programs find it (ovs-vswitchd(8), OVS_RUNDIR). */
export function runFolder(): string {
  return process.env['OVS_RUNDIR'] ?? '/run/openvswitch';
}
