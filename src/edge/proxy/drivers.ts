import type { DriverKind } from './driver.ts';
import { haproxy } from './haproxy/driver.ts';
import { nginx } from './nginx/driver.ts';

/** Programs that can proxy, by what they are asked for by. */
export const drivers: Readonly<Record<string, DriverKind>> = { haproxy, nginx };
