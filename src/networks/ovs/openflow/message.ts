import type { Action } from './actions.ts';
import type { Flow, FlowMod, GroupMod } from './flow.ts';
import type { Match } from './match.ts';
import type { MeterMod } from './meter.ts';
import type { MultipartReply, MultipartRequest } from './multipart.ts';
import type { SwitchPort } from './port.ts';

/** What is said by one side or the other (OpenFlow 1.3.5, A.3 to A.5). */
export type Message =
  /** Versions that it speaks besides that of the message's own header; none when it does not say. */
  | { readonly type: 'hello'; readonly versions: readonly number[] }
  | { readonly type: 'error'; readonly errorType: number; readonly code: number; readonly data: Buffer }
  | { readonly type: 'echoRequest' | 'echoReply'; readonly data: Buffer }
  | { readonly type: 'featuresRequest' | 'getConfigRequest' | 'barrierRequest' | 'barrierReply' }
  | { readonly type: 'featuresReply'; readonly datapathId: string; readonly tables: number }
  /** `missBytes`: of a packet for the controller that no flow says more of. */
  | { readonly type: 'getConfigReply' | 'setConfig'; readonly missBytes: number }
  | PacketIn
  | FlowRemoved
  | PortStatus
  | {
      readonly type: 'packetOut';
      readonly inPort: number;
      readonly actions: readonly Action[];
      readonly data: Buffer;
    }
  | { readonly type: 'flowMod'; readonly flow: FlowMod }
  | { readonly type: 'groupMod'; readonly group: GroupMod }
  | { readonly type: 'meterMod'; readonly meter: MeterMod }
  | { readonly type: 'multipartRequest'; readonly request: MultipartRequest }
  | { readonly type: 'multipartReply'; readonly reply: MultipartReply; readonly more: boolean }
  | { readonly type: 'roleRequest' | 'roleReply'; readonly role: number; readonly generation: bigint }
  /** One that Heddle does not know. */
  | { readonly type: 'other'; readonly number: number };

export interface PacketIn {
  readonly type: 'packetIn';
  readonly reason: number;
  readonly table: number;
  readonly cookie: bigint;
  readonly match: Match;
  /** The frame, or as much of it as was asked for. */
  readonly data: Buffer;
}

export interface FlowRemoved {
  readonly type: 'flowRemoved';
  readonly flow: Pick<Flow, 'table' | 'priority' | 'cookie' | 'match'>;
}

export interface PortStatus {
  readonly type: 'portStatus';
  readonly reason: number;
  readonly port: SwitchPort;
}

export type MessageOf<Type extends Message['type']> = Extract<Message, { readonly type: Type }>;
