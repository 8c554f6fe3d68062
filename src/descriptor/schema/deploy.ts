import * as z from '../../lib/zod.ts';
import {
  boolean,
  bytes,
  closed,
  count,
  duration,
  ignored,
  labels,
  number,
  text,
  texts,
  unsupported,
  withShort,
} from './values.ts';

const restartPolicy = closed({
  condition: z.enum(['none', 'on-failure', 'any']).optional(),
  max_attempts: count.optional(),
  delay: ignored(),
  window: ignored(),
});

const resources = closed({
  limits: closed({ cpus: number.optional(), memory: bytes.optional(), pids: count.optional() })
    .nullable()
    .optional(),
  reservations: closed({
    cpus: number.optional(),
    memory: bytes.optional(),
    generic_resources: unsupported('the service would have none of them'),
    devices: unsupported('the service would see none of these devices'),
  })
    .nullable()
    .optional(),
});

const updateConfig = closed({
  order: z
    .enum(['start-first', 'stop-first'])
    .meta({
      description:
        'Of a network function: start-first lets a new version stand beside the one before it, which takes flows once it is proven.',
    })
    .optional(),
  parallelism: ignored(),
  delay: ignored(),
  failure_action: ignored(),
  monitor: ignored(),
  max_failure_ratio: ignored(),
});

export const deploy = closed({
  mode: z.enum(['replicated', 'global', 'replicated-job', 'global-job']).optional(),
  replicas: count.optional(),
  resources: resources.nullable().optional(),
  restart_policy: restartPolicy.nullable().optional(),
  labels: labels.optional(),
  endpoint_mode: ignored(),
  update_config: updateConfig.nullable().optional(),
  rollback_config: ignored(),
  placement: ignored(),
});

export const healthcheck = closed({
  disable: boolean.optional(),
  test: withShort(texts, text).optional(),
  interval: duration.optional(),
  timeout: duration.optional(),
  start_period: duration.optional(),
  start_interval: duration.optional(),
  retries: count.optional(),
});
