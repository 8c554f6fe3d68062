import { mapOf, scalar, type TreeNode } from '../tree.ts';
import { eachItem, eachKey, eachValue, type Form, inTurn } from './form.ts';
import { heddle } from './heddle.ts';
import { device, extraHosts, fileMount, mount } from './mounts.ts';
import { ports } from './ports.ts';
import {
  booleanAsText,
  filledList,
  keyValues,
  labelValues,
  listOfOne,
  namesToMap,
  text,
  textList,
  underKey,
  unlessEmpty,
  words,
} from './simple.ts';

/** `test: "curl …"` → `[CMD-SHELL, "curl …"]`. */
const healthcheckTest: Form = (node, path, findings) => {
  // An empty list says nothing, and leaves the image's own.
  if (node.kind === 'seq' && node.items.length === 0) return undefined;
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
    context: unlessEmpty,
    dockerfile: unlessEmpty,
    target: unlessEmpty,
    args: inTurn(keyValues, eachValue(booleanAsText)),
    labels: labelValues,
    extra_hosts: extraHosts,
    additional_contexts: keyValues,
    tags: listOfOne,
  }),
);

const dependsOn = namesToMap((node) => mapOf({ condition: 'service_started', required: true }, node.at));

const attachments = inTurn(
  namesToMap((node) => scalar(null, node.at)),
  eachValue(eachKey({ aliases: filledList, link_local_ips: filledList })),
);

const deploy = eachKey({ labels: labelValues });

/** What runs in a container at a turn of its life. */
const hook = eachKey({
  command: words,
  environment: inTurn(keyValues, eachValue(booleanAsText)),
  user: text,
});

/** One item of `env_file`. */
const envFile: Form = underKey('path');

const forms = {
  annotations: labelValues,
  build,
  cap_add: filledList,
  cap_drop: filledList,
  command: words,
  configs: eachItem(fileMount),
  depends_on: dependsOn,
  deploy,
  devices: eachItem(device),
  develop: eachKey({ watch: eachItem(eachKey({ exec: hook, ignore: listOfOne, include: listOfOne })) }),
  device_cgroup_rules: filledList,
  dns: filledList,
  dns_opt: filledList,
  dns_search: filledList,
  entrypoint: words,
  env_file: inTurn(listOfOne, eachItem(envFile)),
  environment: inTurn(keyValues, eachValue(booleanAsText)),
  expose: textList,
  extends: underKey('service'),
  external_links: filledList,
  extra_hosts: extraHosts,
  group_add: textList,
  healthcheck: eachKey({ test: healthcheckTest }),
  label_file: listOfOne,
  labels: labelValues,
  logging: eachKey({ driver: unlessEmpty, options: labelValues }),
  networks: attachments,
  ports,
  post_start: eachItem(hook),
  pre_start: eachItem(hook),
  pre_stop: eachItem(hook),
  profiles: filledList,
  secrets: eachItem(fileMount),
  sysctls: inTurn(keyValues, eachValue(booleanAsText)),
  security_opt: filledList,
  tmpfs: filledList,
  ulimits: eachValue(ulimit),
  user: text,
  volumes: eachItem(mount),
  volumes_from: filledList,
  'x-heddle': heddle,
} satisfies Readonly<Record<string, Form>>;

/** All short forms of a service. */
export const service: Form = eachKey(forms);

/** The same while variables stand where they were written: what they are may decide how a text is taken apart. */
export const unfilledService: Form = eachKey({
  ...forms,
  command: unlessVariable(words),
  devices: unlessVariable(forms.devices),
  entrypoint: unlessVariable(words),
  extra_hosts: unlessVariable(extraHosts),
  ports: unlessVariable(ports),
  volumes: unlessVariable(forms.volumes),
});

/** Leaves alone what has a variable in it. */
function unlessVariable(form: Form): Form {
  const has = (node: TreeNode): boolean =>
    node.kind === 'scalar' ? String(node.value).includes('$') : node.kind === 'seq' && node.items.some(has);
  return (node, path, findings) => (has(node) ? node : form(node, path, findings));
}
