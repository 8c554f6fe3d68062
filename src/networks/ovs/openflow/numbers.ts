// Numbers of OpenFlow 1.3.5, by the names of the specification's section A.

/** Of OpenFlow 1.3 on the wire. */
export const version = 0x04;
export const headerLength = 8;

/** A.1, `ofp_type`. */
export const messageType = {
  hello: 0,
  error: 1,
  echoRequest: 2,
  echoReply: 3,
  experimenter: 4,
  featuresRequest: 5,
  featuresReply: 6,
  getConfigRequest: 7,
  getConfigReply: 8,
  setConfig: 9,
  packetIn: 10,
  flowRemoved: 11,
  portStatus: 12,
  packetOut: 13,
  flowMod: 14,
  groupMod: 15,
  multipartRequest: 18,
  multipartReply: 19,
  barrierRequest: 20,
  barrierReply: 21,
  roleRequest: 24,
  roleReply: 25,
  meterMod: 29,
} as const;

/** A.2.1, `ofp_port_no`. */
export const port = {
  max: 0xffffff00,
  inPort: 0xfffffff8,
  flood: 0xfffffffb,
  all: 0xfffffffc,
  controller: 0xfffffffd,
  local: 0xfffffffe,
  any: 0xffffffff,
} as const;

/** A.3.4.1, `ofp_flow_mod_command`. */
export const flowCommand = { add: 0, modify: 1, modifyStrict: 2, delete: 3, deleteStrict: 4 } as const;
/** A.3.4.2, `ofp_group_mod_command`, and `ofp_group_type`. */
export const groupCommand = { add: 0, modify: 1, delete: 2 } as const;
export const groupType = { all: 0, select: 1, indirect: 2, fastFailover: 3 } as const;
/** A.3.4.4, `ofp_meter_mod_command`. */
export const meterCommand = { add: 0, modify: 1, delete: 2 } as const;
/** A.3.5, `ofp_multipart_type`. */
export const multipart = {
  description: 0,
  flow: 1,
  table: 3,
  portStats: 4,
  meterConfig: 10,
  ports: 13,
} as const;

/** A packet is not kept by the switch, but comes whole, or goes with the message. */
export const noBuffer = 0xffffffff;
export const anyGroup = 0xffffffff;
/** OFPM_ALL. */
export const allMeters = 0xffffffff;
export const allTables = 0xff;
