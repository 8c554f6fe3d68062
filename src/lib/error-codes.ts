/**
 * Every error Heddle can end with. A code never changes its meaning; docs/reference/errors.md is generated
 * from this table and a test compares the two.
 *
 * `meaning` says what happened, `remedy` what the reader can do. The message of one error adds what and where. `http` is
 * the status with which the node's API answers (RFC 9110, 15); 400 where it is not given: what was asked for is at fault.
 */
export const errorCodes = {
  ERR_USAGE: {
    meaning: 'The command line was not understood.',
    remedy: 'Run the command with --help.',
  },
  ERR_UNCONFIRMED: {
    meaning:
      'A command asked whether it should go on, and its input ended without an answer: it did nothing.',
    remedy: 'In a script, say so beforehand; the message names the option.',
  },
  ERR_FILE_NOT_FOUND: {
    meaning: 'A file that was asked for does not exist or cannot be read.',
    remedy: 'Check the path and its permissions.',
  },
  ERR_FILE_TOO_LARGE: {
    meaning: 'A file is larger than what is read of its kind.',
    remedy: 'Check that it is the right file; the message names the limit.',
  },
  ERR_YAML_SYNTAX: {
    meaning: 'A file is not valid YAML.',
    remedy: 'Mend the file at the place named.',
  },
  ERR_INTERPOLATION: {
    meaning: 'A ${VARIABLE} in a Compose file is malformed, or required and not set.',
    remedy: 'Set the variable in the environment or in .env, or mend the expression.',
  },
  ERR_ENV_FILE: {
    meaning: 'A line of an environment file is malformed.',
    remedy: 'Write NAME=value, with quotes around values that hold spaces or several lines.',
  },
  ERR_COMPOSE_TYPE: {
    meaning: 'A value in a Compose file has the wrong type or form.',
    remedy: 'Write the value as the message shows; `heddle schema` prints the whole syntax.',
  },
  ERR_COMPOSE_UNKNOWN_KEY: {
    meaning: 'A key in a Compose file is not part of the syntax.',
    remedy: 'Correct the spelling, or remove the key.',
  },
  ERR_COMPOSE_UNSUPPORTED: {
    meaning:
      'A Compose key is not carried out, and without it the service would be less restricted, or not work.',
    remedy: 'Remove the key if the service may run without it.',
  },
  WARN_COMPOSE_IGNORED: {
    meaning: 'A valid Compose key that Heddle does not carry out was ignored.',
    remedy: 'Nothing has to be done; the service runs without what the key asks for.',
  },
  WARN_INTERPOLATION_UNSET: {
    meaning: 'A variable that a Compose file uses is not set; it was replaced by nothing.',
    remedy: 'Set the variable, or give a default: ${NAME:-default}.',
  },
  ERR_UNKNOWN_REFERENCE: {
    meaning: 'A Compose file refers to a service, network, volume, config or secret that it does not define.',
    remedy: 'Define it, or correct the name.',
  },
  ERR_DEPENDENCY_CYCLE: {
    meaning: 'Services depend on or extend each other in a circle, or a file includes itself.',
    remedy: 'Remove one of the dependencies named.',
  },
  ERR_COMPOSE_CONFLICT: {
    meaning: 'Two settings of a Compose file contradict each other.',
    remedy: 'Keep one of the two.',
  },
  ERR_COMPOSE_LIMIT: {
    meaning: 'A Compose file asks for more of something than is carried out.',
    remedy: 'The message names the limit; ask for less, or split the project.',
  },
  ERR_FEATURE_UNKNOWN: {
    meaning: 'A management feature was asked for that no template makes.',
    remedy: '`heddle features` lists what there is.',
  },
  ERR_FEATURE_PARAMETER: {
    meaning: 'A parameter of a management feature is unknown or has a wrong value.',
    remedy: '`heddle features NAME` prints the parameters of a feature.',
  },
  ERR_FEATURE_IMPOSSIBLE: {
    meaning: 'A management feature cannot hold where it was asked for.',
    remedy: 'Remove the feature, or what stands against it.',
  },
  ERR_CHAIN_IMPOSSIBLE: {
    meaning: 'A chain cannot be enforced as it is written.',
    remedy: 'Change the chain, its functions or its ends as the message says.',
  },
  ERR_FUNCTION_HOOK: {
    meaning: 'A hook of a network function failed, or did not end in time.',
    remedy:
      'The message says which, and what it said last; mend it, and run `heddle up` again. A function that is not configured lets nothing pass.',
  },
  ERR_NETWORK_NEEDS: {
    meaning: 'No network is known to give what one with `archetype: auto` needs.',
    remedy:
      'The message says what each gives: ask for less, name an archetype, or measure anew (`heddle bench net`).',
  },
  ERR_JOB_UNKNOWN: {
    meaning: 'There is no job of that name in the application.',
    remedy: '`heddle jobs` lists those that there are: services with `x-heddle: { job: … }`.',
  },
  ERR_CHAIN_UNKNOWN: {
    meaning: 'There is no chain of that name in the application.',
    remedy: '`heddle chain ls` lists those that there are.',
  },
  ERR_CHAIN_UNPROVEN: {
    meaning:
      'A probe was not seen at every function of a chain, once and in their order, or was seen elsewhere.',
    remedy: 'The message says where it was lost: see to that function, or to what it lets pass.',
  },
  ERR_ENGINE_LACKS: {
    meaning: 'A management feature needs what the container engine does not offer.',
    remedy: 'Run the node on the host of its engine, or remove the feature.',
  },
  ERR_TEMPLATE_INVALID: {
    meaning: 'A template in the catalogue, or one of your own, is malformed.',
    remedy: 'Mend the template at the place named.',
  },
  ERR_TEMPLATE_PRIVILEGED: {
    meaning: 'A template of your own asks for rights over the host that were not granted to it.',
    remedy: 'If you trust it, run the command again with --allow-privileged-template NAME.',
  },
  ERR_ENGINE_ABSENT: {
    meaning: 'No container engine answers.',
    remedy: 'Install podman (or start Docker), or name one with --engine; `heddle doctor` looks for both.',
    http: 502,
  },
  ERR_ENGINE: {
    meaning: 'The container engine refused a request or failed.',
    remedy: 'The message quotes the engine; `heddle doctor` checks the usual causes.',
    http: 502,
  },
  ERR_ENGINE_GONE: {
    meaning: 'The container engine went away in the middle of an operation.',
    remedy: 'Start the engine and run the same command again; Heddle goes on from where it was.',
    http: 502,
  },
  ERR_IMAGE_MISSING: {
    meaning: 'An image is not present and could not be pulled or built.',
    remedy:
      'Check its name and the registry, or build it; `heddle images build` makes those of the catalogue.',
  },
  ERR_REGISTRY_CREDENTIALS: {
    meaning: 'The credentials for a registry cannot be read.',
    remedy: "Mend Docker's config.json at the place named, or log in anew with `docker login`.",
  },
  ERR_BIND_SOURCE: {
    meaning: 'What a service is to see of this host is not there, and cannot be made.',
    remedy: 'Correct the source of the mount, or make it.',
  },
  ERR_NAME_IN_USE: {
    meaning: 'A container that is not of this project has the name that one is to get.',
    remedy: 'Choose another container_name, or remove the other container.',
    http: 409,
  },
  ERR_EXTERNAL_MISSING: {
    meaning: 'A network or volume that a file calls external does not exist.',
    remedy: 'Make it, or correct its name; without `external`, Heddle makes it.',
  },
  ERR_PORT_IN_USE: {
    meaning: 'A port that a service or an endpoint publishes is taken by another program.',
    remedy: 'Stop the other program, or publish another port.',
    http: 409,
  },
  ERR_PORT_UNPUBLISHED: {
    meaning: 'The service does not publish this port.',
    remedy: 'Publish it with `ports` in the file; `heddle ps` shows those that are.',
  },
  ERR_DISK_FULL: {
    meaning: 'The disk is full.',
    remedy: 'Free some space and run the same command again.',
    http: 507,
  },
  ERR_PROJECT_FOREIGN: {
    meaning: 'A container, network or volume of this project exists that Heddle did not make.',
    remedy: 'Remove it with the tool that made it, or choose another project name with -p.',
    http: 409,
  },
  ERR_PROJECT_CLASH: {
    meaning: 'A project of this name is deployed from another folder.',
    remedy: 'Give one of the two a name of its own, with -p or `name:` in its file.',
    http: 409,
  },
  ERR_INTERRUPTED: {
    meaning: 'An operation was ended before it was done: its client went, or another one took its place.',
    remedy: 'Run the same command again; Heddle goes on from where it was.',
    http: 409,
  },
  ERR_PROJECT_UNKNOWN: {
    meaning: 'No application of this name is deployed.',
    remedy: '`heddle ls` lists those that are.',
    http: 404,
  },
  ERR_SERVICE_UNKNOWN: {
    meaning: 'The application has no service of this name.',
    remedy: '`heddle ps` lists them.',
    http: 404,
  },
  ERR_SERVICE_NOT_RUNNING: {
    meaning: 'The service has no running container.',
    remedy: 'Start it with `heddle start SERVICE` or `heddle up`.',
    http: 409,
  },
  ERR_SERVICE_UNHEALTHY: {
    meaning: 'A service that others wait for became unhealthy, or ended.',
    remedy: '`heddle logs SERVICE` shows why.',
  },
  ERR_SERVICE_ENDED: {
    meaning: 'A service ended with a failure as soon as it was started, and nothing is to start it again.',
    remedy:
      'Mend what it says last; `heddle logs SERVICE` shows more. `restart: on-failure` lets it try again.',
  },
  ERR_SERVICE_HOOK: {
    meaning: 'A hook of a service, which runs before or after its start or before its end, failed.',
    remedy:
      'Mend the command of the hook by what it said; `heddle up` or the same command again runs it anew.',
  },
  ERR_SERVICE_COMMAND: {
    meaning: 'The command of a service is not in its image, or cannot be run.',
    remedy: 'Correct its command or entrypoint, or the image.',
  },
  ERR_TIMEOUT: {
    meaning: 'Something that was waited for did not happen in time.',
    remedy: 'The message says what was waited for.',
    http: 504,
  },
  ERR_NETWORK: {
    meaning: 'A network interface, namespace or rule could not be read or changed.',
    remedy: 'Heddle needs root and iproute2; `heddle doctor` checks both.',
    http: 500,
  },
  ERR_MEASURE: {
    meaning: 'A benchmark could not be carried out, or its results cannot be read.',
    remedy:
      'The message says what stood against it; `heddle bench net --resume FOLDER` goes on with one that was interrupted.',
    http: 500,
  },
  ERR_RESOURCE_INVALID: {
    meaning: 'A network or an endpoint was asked for that cannot be.',
    remedy:
      'The message names what is wrong, and where; docs/reference/archetypes.md says what each archetype takes.',
  },
  ERR_RESOURCE_UNKNOWN: {
    meaning: 'There is no network or endpoint of the name.',
    remedy: '`heddle net ls` and `heddle endpoint ls` list what there is.',
    http: 404,
  },
  ERR_RESOURCE_EXISTS: {
    meaning: 'There is a network or endpoint of the name already.',
    remedy: 'Take another name, or change what is there.',
    http: 409,
  },
  ERR_RESOURCE_IN_USE: {
    meaning: 'A network has endpoints, or is part of another, and cannot be removed.',
    remedy: 'Remove what the message names first.',
    http: 409,
  },
  ERR_SWITCH_LOSES: {
    meaning: 'A network would lose something by becoming one of another archetype.',
    remedy: 'The message names what; `heddle net switch --yes` accepts it.',
    http: 409,
  },
  ERR_REVISION: {
    meaning: 'What was to be changed has been changed by somebody else since it was read.',
    remedy: 'Read it again, and decide again.',
    http: 409,
  },
  ERR_IDEMPOTENCY_KEY: {
    meaning: 'An idempotency key was used again for another wish.',
    remedy: 'Take a new key for each wish.',
    http: 422,
  },
  ERR_OVS: {
    meaning: 'Open vSwitch cannot be reached, or does not do what it was asked for.',
    remedy: 'The message says why; install it (apt-get install openvswitch-switch) and see that it runs.',
    http: 500,
  },
  ERR_NETWORK_OWED: {
    meaning:
      'All networks are removed but for what Open vSwitch has of them in its database, since it does not run.',
    remedy:
      'Start Open vSwitch and run it again, or give that up with --force: it then stays there, and the message names it.',
    http: 409,
  },
  ERR_DHCP: {
    meaning: 'The DHCP server that a network asks for does not run, or does not take what it is told.',
    remedy:
      'The message says why; install kea (apt-get install kea-dhcp4-server), or have the network ask for dnsmasq (`dhcp: true`).',
    http: 500,
  },
  ERR_ETARCH: {
    meaning: 'The agent of a domain of etarch does not do what an entity asked for.',
    remedy: 'The message says why: a title that is not the endpoint’s, access rules, a limit.',
    http: 409,
  },
  ERR_OPENFLOW: {
    meaning: 'A switch refuses what it was told, does not answer, or says what is no OpenFlow 1.3.',
    remedy: 'The message names the switch and says why; the log of ovs-vswitchd says what it thinks of it.',
    http: 500,
  },
  ERR_P4RUNTIME: {
    meaning: 'A P4 switch cannot be reached, refuses what it was told, or has another controller.',
    remedy: 'The message names the switch and says why; docs/howto/networks.md says how to start one.',
    http: 500,
  },
  ERR_NETWORK_PROGRAM: {
    meaning: 'The program that a network has in the edge cannot be read, or is none that the edge runs.',
    remedy: 'The message says why; docs/howto/networks.md says what such a program may do.',
    http: 422,
  },
  ERR_NETWORK_POOL: {
    meaning: 'Subnets, addresses or VLAN ids have run out, or one that was asked for is taken.',
    remedy: 'The message names the pool and who has what was asked for; choose another, or enlarge the pool.',
    http: 409,
  },
  ERR_SERVICE_ABSENT: {
    meaning: 'A networking service of the node is not there: it starts, has crashed, or cannot be started.',
    remedy:
      '`heddle node status` says how it is, and `heddle node logs SERVICE` why. It is started again by itself.',
    http: 503,
  },
  ERR_NODE_SETTINGS: {
    meaning: 'The file with the settings of the node says something that cannot be.',
    remedy: 'Mend the file at the place named; docs/reference/node.md has all that can be set.',
  },
  ERR_EDGE_ABSENT: {
    meaning: 'A network was to be joined to the physical network, and this node has no edge.',
    remedy:
      'Name the interface to the physical network in /etc/heddle/node.yaml, `edge: { uplink: eth1 }`, and restart the node.',
    http: 409,
  },
  ERR_NAMESPACE: {
    meaning: 'The network namespace of an endpoint is not there, or is the host’s own.',
    remedy: 'Make the namespace first, or remove the endpoint.',
    http: 409,
  },
  ERR_ARCHETYPE_UNKNOWN: {
    meaning: 'A network was asked for of an archetype that there is not.',
    remedy: '`heddle net archetypes` lists what there is.',
  },
  ERR_DOOR: {
    meaning: 'The plugin of a container runtime cannot be put where it looks for it, or taken from there.',
    remedy: 'The message names the file and says why; --folder names another place.',
  },
  ERR_ARCHETYPE_LACKS: {
    meaning: 'What was to be read of a network is nothing that networks of its archetype have.',
    remedy: 'The message names the archetypes that have it; `heddle net archetypes` says what each has.',
  },
  ERR_WATCH_EXPIRED: {
    meaning: 'Changes were asked for that are so long ago that they are not kept any more.',
    remedy: 'List what there is, and watch from there.',
    http: 410,
  },
  ERR_SITE_UNKNOWN: {
    meaning: 'A service is placed at a site where no node is.',
    remedy:
      'Write one of the sites that the message names, or give a node of that site `site` in its node.yaml.',
  },
  ERR_PLACE_IMPOSSIBLE: {
    meaning: 'An application cannot be over several nodes as its file says.',
    remedy: 'The message says what keeps it from that.',
  },
  ERR_NODE_AWAY: {
    meaning: 'A node that has to carry something out does not answer; it does when it returns.',
    remedy: 'The message names the node: see that it runs, and that it reaches the shared state.',
    http: 503,
  },
  ERR_NETWORK_ELSEWHERE: {
    meaning: 'What passes on a network is seen by the nodes that have it, and none has.',
    remedy: 'Give it an endpoint.',
    http: 409,
  },
  ERR_NODE_NAME: {
    meaning: 'Another node shares its networks under the name of this one.',
    remedy: 'Give each node a `name` of its own.',
    http: 409,
  },
  ERR_NODE_ABSENT: {
    meaning: 'The node of this host, or the one that was named, does not answer.',
    remedy: 'Start it with `heddle node`, or let `heddle up` start it.',
  },
  ERR_NODE_TLS: {
    meaning: 'A node at an address and who asks it do not take each other for who they are.',
    remedy:
      'The message says why: a node takes certificates of its authority for operator:NAME that hold; docs/howto/networks.md shows how they are made.',
  },
  ERR_NODE_VERSION: {
    meaning:
      'The node of this host is of another version than the command, and does not know what it asks for.',
    remedy:
      'Restart the node: `systemctl restart heddle`, or end its process, and the next command starts one. Applications go on meanwhile.',
  },
  ERR_NODE_RUNNING: {
    meaning: 'Another node runs on this socket or state folder.',
    remedy: 'Use the one that runs, or give this one its own --socket and --state-dir.',
    http: 409,
  },
  ERR_STATE: {
    meaning: 'The state folder is unreadable or its content is damaged.',
    remedy: 'The message names the file; restore it, or move it away to start afresh.',
    http: 500,
  },
  ERR_STATE_UNREACHABLE: {
    meaning:
      'The state that nodes share in etcd is not reached, has no majority, or refuses; nothing was changed.',
    remedy:
      'The message says what each member answered; start members until more than half of them run, or mend their addresses and certificates.',
    http: 503,
  },
  ERR_STATE_UNCERTAIN: {
    meaning: 'A change was handed to etcd, and contact was lost before it was known whether it was made.',
    remedy:
      'Look whether it is there when etcd answers again; the same once more, with the same idempotency key, does no harm.',
    http: 503,
  },
  ERR_STATE_LIMIT: {
    meaning: 'More was to be stored at once than the state takes.',
    remedy: 'Make it smaller, or do it in several steps; the message names the limit.',
    http: 413,
  },
  ERR_STATE_LEASE: {
    meaning: 'Something was to be stored for as long as somebody is there, who is not any more.',
    remedy: 'Run the same command again; the log says why contact was lost.',
    http: 409,
  },
  ERR_STATE_NEWER: {
    meaning: 'Something in the state folder was written by a later version of Heddle.',
    remedy:
      'Run that version, or a later one; `heddle up` with the file writes what is stored of an application anew.',
    http: 409,
  },
  ERR_TEARDOWN: {
    meaning: 'Some things could not be removed; everything else was.',
    remedy: 'Each of them is named with its reason; run the same command again when the reason is gone.',
    http: 500,
  },
  ERR_STEP_FAILED: {
    meaning: 'One or more steps of a plan failed.',
    remedy: 'Each is named with its reason; run the same command again when the reason is gone.',
    http: 500,
  },
  ERR_EDGE_FILE: {
    meaning: 'An edge file has a wrong value, or names something that it does not define.',
    remedy: 'Mend the file at the place named; docs/reference/edge-file.md says what it may have.',
  },
  ERR_EDGE_LISTEN: {
    meaning: 'A gateway cannot listen on an address that it is to serve.',
    remedy: 'The message says which address and why; choose another, or stop what listens there.',
  },
  ERR_EDGE_PROXY: {
    meaning: 'The program that proxies for a gateway cannot be used, or does not do what it is told.',
    remedy: 'The message says which and why; install it, or choose another with --proxy.',
  },
  ERR_EDGE_UPDATE: {
    meaning: 'A DNS server that is to serve the domain does not take what a gateway tells it.',
    remedy: 'The message says why; docs/howto/edge-bind-knot.md shows how they are set up.',
  },
  ERR_EDGE_BALANCE: {
    meaning: 'Services that ask for layer 4 are not balanced at a gateway, or not all of them.',
    remedy: 'The message says why; install nftables and run the gateway as root, or say --balance none.',
  },
  ERR_EDGE_CERTIFICATE: {
    meaning: 'A certificate for clients of the proxy is not what is needed.',
    remedy: 'Put PEM files with certificate and key in the folder, NAME.pem; the message says what is wrong.',
  },
  ERR_EDGE_ACME: {
    meaning: 'An ACME server gives no certificate.',
    remedy:
      'The message says why; the server has to reach port 80 of the gateway under each name. It is tried again by itself.',
  },
  ERR_EDGE_CA: {
    meaning: 'The folder of an authority, or of certificates, is not what is needed.',
    remedy: 'The message names the file; docs/howto/edge-controller.md shows how the folders are made.',
  },
  ERR_EDGE_BROKER: {
    meaning: 'The broker that views go through cannot be used.',
    remedy: 'The message says why; check its address, and that its certificates are of the same authority.',
  },
  ERR_KUBERNETES: {
    meaning: 'A Kubernetes cluster that was named cannot be used.',
    remedy: 'The message says why; `kubectl config get-contexts` lists the clusters that the kubeconfig has.',
  },
  ERR_EDGE_CONTROLLER: {
    meaning: 'Another controller is at work, and two never are at once.',
    remedy:
      'Stop one of them, or give both the same `--lease` or `--etcd`, so that one takes over when the other fails.',
  },
  ERR_EDGE_LEASE: {
    meaning: 'etcd, or the Lease of a cluster, which says which controller may act, cannot be used.',
    remedy:
      'The message says why; check its address and that it is up, and that the controller may read and write the Lease.',
  },
  ERR_NOT_ROOT: {
    meaning: 'The command needs root.',
    remedy: 'Run it with sudo.',
  },
  ERR_INTERNAL: {
    meaning: 'Heddle met a state it did not expect: a defect.',
    remedy: 'Please report it, with the output of the command under HEDDLE_DEBUG=1.',
    http: 500,
  },
} as const satisfies Record<string, ErrorMeaning>;

interface ErrorMeaning {
  readonly meaning: string;
  readonly remedy: string;
  readonly http?: number;
}

export type ErrorCode = keyof typeof errorCodes;

/** The status with which an error is answered over HTTP. */
export function httpStatusOf(code: ErrorCode): number {
  const { http = 400 }: ErrorMeaning = errorCodes[code];
  return http;
}
