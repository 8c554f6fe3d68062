import { mapOf, scalar } from '../tree.ts';
import { eachItem, eachKey, eachValue, type Form, inTurn } from './form.ts';
import { heddle } from './heddle.ts';
import { device, extraHosts, fileMount, mount } from './mounts.ts';
import { ports } from './ports.ts';
import {
  booleanAsText,
  keyValues,
  labelValues,
  listOfOne,
  namesToMap,
  text,
  textList,
  underKey,
  words,
} from './simple.ts';

/** `test: "curl …"` → `[CMD-SHELL, "curl …"]`. */
const healthcheckTest: Form = (node, path, findings) => {
  const list = listOfOne(node, path, findings);
  if (node.kind !== 'scalar' || list?.kind !== 'seq') return list;
  return { ...list, items: [scalar('CMD-SHELL', node.at), ...list.items] };
};

/** One number for both limits. */
const ulimit: Form = (node) => {
  if (node.kind !== 'scalar' || node.value === null) return node;
  return mapOf({ soft: node.value, hard: node.value }, node.at);
};

const build = inTurn(
  underKey('context'),
  eachKey({
    args: inTurn(keyValues, eachValue(booleanAsText)),
    labels: labelValues,
    extra_hosts: extraHosts,
    additional_contexts: keyValues,
    tags: listOfOne,
  }),
);

const dependsOn = namesToMap((node) => mapOf({ condition: 'service_started', required: true }, node.at));

const attachments = namesToMap((node) => scalar(null, node.at));

const deploy = eachKey({ labels: labelValues });

/** One item of `env_file`. */
const envFile: Form = underKey('path');

/** All short forms of a service. */
export const service: Form = eachKey({
  annotations: labelValues,
  build,
  command: words,
  configs: eachItem(fileMount),
  depends_on: dependsOn,
  deploy,
  devices: eachItem(device),
  dns: listOfOne,
  dns_opt: listOfOne,
  dns_search: listOfOne,
  entrypoint: words,
  env_file: inTurn(listOfOne, eachItem(envFile)),
  environment: inTurn(keyValues, eachValue(booleanAsText)),
  expose: textList,
  extends: underKey('service'),
  extra_hosts: extraHosts,
  group_add: textList,
  healthcheck: eachKey({ test: healthcheckTest }),
  label_file: listOfOne,
  labels: labelValues,
  logging: eachKey({ options: labelValues }),
  networks: attachments,
  ports,
  secrets: eachItem(fileMount),
  sysctls: inTurn(keyValues, eachValue(booleanAsText)),
  tmpfs: listOfOne,
  ulimits: eachValue(ulimit),
  user: text,
  volumes: eachItem(mount),
  'x-heddle': heddle,
});
