import { text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

/** `tcp:10.0.0.9:6653`, `tcp:[fd00::9]:6653`, `unix:controller.sock` in ovs-vswitchd’s own folder (ovs-vsctl(8), Controller). */
export const controllerTarget = text
  .max(200)
  .regex(
    /^(tcp:([0-9.]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}|unix:[\w./-]+)$/,
    'is no controller, such as tcp:10.0.0.9:6653',
  );

/** What a network's frames are switched by. */
export const switchOption = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('bridge') }).describe('A bridge of the kernel.'),
    z
      .strictObject({
        kind: z.literal('openvswitch'),
        controllers: z
          .array(controllerTarget)
          .max(4)
          .default([])
          .describe('Who says what it does, over OpenFlow 1.3. Default: it learns by itself.'),
      })
      .describe('A bridge of Open vSwitch.'),
  ])
  .default({ kind: 'bridge' });
