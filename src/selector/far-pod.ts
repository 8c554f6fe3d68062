import type { Service } from '../descriptor/application.ts';

/** A replica that another node has. */
export interface FarPod {
  readonly name: string;
  readonly service: string;
  readonly node: string;
  /** Its container of the application, by the name at that node’s engine. */
  readonly container: string;
  /** The networks that it is on, by their names at their owners. */
  readonly networks: readonly string[];
  readonly restart: Service['restart'];
}
