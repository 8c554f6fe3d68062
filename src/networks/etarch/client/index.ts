// What programs import as `heddle/etarch`.
export { EtarchClient } from './client.ts';
export type { Entity, Membership, WorkspaceSettings } from './entity.ts';
export type { Place } from './frame-pipe.ts';
export type { Message } from './message.ts';
export { isRefused, Refused } from './requests.ts';
