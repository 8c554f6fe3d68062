import type { Catalogue } from '../catalogue/load.ts';
import type { Service } from '../descriptor/application.ts';
import type { NetworkFunction } from '../descriptor/chain.ts';
import type { Descriptor } from '../descriptor/index.ts';
import type { Diagnostic } from '../lib/errors.ts';
import { mostInstances } from '../networks/path/patch/groups.ts';
import { hasOwnNamespace, modeName, type Path } from './feature-places.ts';
import type { PodSpec } from './spec.ts';

/** What services that are network functions are asked for and cannot have. `scale`: replicas by service, over the file's. */
export function functionConflicts(
  { application, at }: Descriptor,
  { templates }: Catalogue,
  scale: Readonly<Record<string, number>>,
): Diagnostic[] {
  const { services } = application;
  return Object.values(services).flatMap((service) => {
    const { name, function: fn } = service;
    const scaled = Object.hasOwn(scale, name) ? scale[name] : undefined;
    return [
      ...waitsForNobody(service, services),
      ...(fn ? placeConflicts(service, fn, scaled ?? service.replicas) : []),
      ...(fn ? portConflicts(fn) : []),
      ...(fn ? featureConflicts(service, fn, templates) : []),
      ...(fn?.per === 'replica'
        ? ofOneAlone(service, 'with `per: replica` there is one for each pod that is led')
        : []),
      ...(fn?.order ? notTwice(service, fn) : []),
    ].map(({ path, message, hint }): Diagnostic => {
      const where = ['services', name, ...path];
      return {
        severity: 'error',
        code: 'ERR_CHAIN_IMPOSSIBLE',
        message: `${where.join('.')}: ${message}`,
        at: at(where),
        hint,
      };
    });
  });
}

interface Conflict {
  /** Below the service. */
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

/** What depends on a function that has no pods of its own waits for nothing, and shares nothing with it. */
function waitsForNobody({ dependsOn }: Service, services: Readonly<Record<string, Service>>): Conflict[] {
  return Object.keys(dependsOn).flatMap((other) => {
    const needed = Object.hasOwn(services, other) ? services[other] : undefined;
    if (needed?.function?.per !== 'replica') return [];
    return {
      path: ['depends_on', other],
      message: `with \`per: replica\` ${other} has no pods of its own that could be waited for`,
      hint: 'remove it: what is led waits for its functions unasked',
    };
  });
}

function placeConflicts(service: Service, fn: NetworkFunction, replicas: number): Conflict[] {
  const { name } = service;
  const shared = {
    path: ['network_mode'],
    message: `no traffic can be led through ${name}, whose network namespace is not its own (network_mode: ${modeName(service)})`,
    hint: 'give it networks of its own, or `network_mode: none`',
  };
  const why = replicas === 1 ? undefined : whyNotSeveral(fn, replicas);
  const several = why ? [{ path: ['scale'], message: `${name} ${why.message}`, hint: why.hint }] : [];
  return [...(hasOwnNamespace(service) ? [] : [shared]), ...several];
}

/** Why there cannot be so many instances of a function. */
export function whyNotSeveral(
  { mode, per, order }: NetworkFunction,
  replicas: number,
): Omit<Conflict, 'path'> | undefined {
  if (per === 'replica')
    return {
      message: `has one instance for each pod that is led, and not ${replicas}`,
      hint: 'leave `scale` and `replicas` out, or write `per: service`',
    };
  if (replicas < 1 || replicas > mostInstances)
    return {
      message: `has from 1 to ${mostInstances} instances, and not ${replicas}`,
      hint: 'take it out of `through` where nothing is to pass it',
    };
  if (order === 'start-first' && replicas > mostInstances / 2)
    return {
      message: `has at most ${mostInstances / 2} instances with \`order: start-first\`, and not ${replicas}: those of two versions stand side by side for a while`,
      hint: `ask for ${mostInstances / 2} at most, or remove \`order: start-first\``,
    };
  if (mode === 'wire') return undefined;
  return {
    message: `has one instance, and not ${replicas}: with \`mode: ${mode}\` what comes back may bear other addresses, and nobody could tell which instance knows it`,
    hint: 'leave `scale` and `replicas` out, or write `mode: wire` where it changes no addresses',
  };
}

/** Who ends connections has to be given them somewhere, and nobody else. */
function portConflicts({ mode, port }: NetworkFunction): Conflict[] {
  if ((mode === 'proxy') === (port !== undefined)) return [];
  if (mode !== 'proxy')
    return [
      {
        path: ['x-heddle', 'function', 'port'],
        message: `with \`mode: ${mode}\` no program is given connections`,
        hint: 'remove it, or write `mode: proxy`',
      },
    ];
  return [
    {
      path: ['x-heddle', 'function'],
      message: 'a proxy is given connections at the port that its program listens at, and none is said',
      hint: 'write `function: { mode: proxy, port: 10080 }`',
    },
  ];
}

function featureConflicts(
  { name, manage }: Service,
  { per }: NetworkFunction,
  templates: Catalogue['templates'],
): Conflict[] {
  return Object.entries(manage).flatMap(([feature, request]): Conflict[] => {
    const template = Object.hasOwn(templates, feature) ? templates[feature] : undefined;
    if (request === false || !template) return [];
    const path = ['x-heddle', 'manage', feature];
    if (template.function)
      return [
        {
          path,
          message: `${name} is a network function itself, and has none in a path of its own`,
          hint: 'name both under `through` of the chain, in their order',
        },
      ];
    if (per === 'service') return [];
    return [
      {
        path,
        message: `with \`per: replica\` ${name} has no pods of its own that ${feature} could watch`,
        hint: 'write `per: service`, or remove the feature',
      },
    ];
  });
}

/** What one pod can have, and not one beside each pod that is led. */
function ofOneAlone({ containerName, ports, networks }: Service, why: string): Conflict[] {
  const fixed = Object.values(networks).some(({ ipv4, ipv6, mac }) => (ipv4 ?? ipv6 ?? mac) !== undefined);
  const all = [
    ...(containerName === undefined ? [] : [{ key: 'container_name', what: 'one name' }]),
    ...(ports.length === 0 ? [] : [{ key: 'ports', what: 'the same ports' }]),
    ...(fixed ? [{ key: 'networks', what: 'the same address' }] : []),
  ];
  return all.map(({ key, what }) => ({
    path: [key],
    message: `${why}, and not all can have ${what}`,
    hint: 'remove it, or what asks for several',
  }));
}

/** What keeps a new version of a function from standing beside the one before it. */
function notTwice(service: Service, { mode }: NetworkFunction): Conflict[] {
  const path = ['deploy', 'update_config', 'order'];
  const watched = Object.entries(service.manage).find(([, request]) => request !== false)?.[0];
  const hint = 'remove it, or `order: start-first`';
  return [
    ...ofOneAlone(service, 'with `order: start-first` two versions stand side by side for a while'),
    ...(mode === 'wire'
      ? []
      : [
          {
            path,
            message: `with \`mode: ${mode}\` what comes back may bear other addresses, and nobody could tell which version knows it`,
            hint,
          },
        ]),
    ...(watched === undefined
      ? []
      : [
          { path, message: `versions that stand side by side cannot be watched by ${watched}, so far`, hint },
        ]),
  ];
}

/**
 * A pod as one that traffic is led through. Unless its owner says otherwise it forwards what its mode has to, and else
 * nothing from one of its networks to another: a new namespace has the host's setting, and an engine's host forwards.
 */
export function forwardingPod(
  pod: PodSpec,
  service: string,
  { mode, port, probe, hooks, drain, order }: NetworkFunction,
): PodSpec {
  const forwards = {
    mode,
    ...(port !== undefined && { port }),
    probe,
    ...(hooks && { hooks, service }),
    ...(drain !== undefined && { drain }),
    ...(order && { order }),
  };
  if (pod.sandbox.kind !== 'own') return { ...pod, forwards };
  const sysctls = { 'net.ipv4.ip_forward': '0', ...pod.sandbox.sysctls };
  return { ...pod, forwards, sandbox: { ...pod.sandbox, sysctls } };
}
