import type { Change } from '../../../state/state-manager.ts';
import type { Answer, EntityRequest, RequestOf, Status } from '../wire/control.ts';
import { agentGroup, workspaceAddress } from '../wire/ethernet.ts';
import { matchesPattern } from '../wire/names.ts';
import {
  type Domain,
  dropEntity,
  dropFarewell,
  dropMember,
  dropWorkspace,
  type Entity,
  membersOf,
  putEntity,
  putFarewell,
  putMember,
  putWorkspace,
  type Workspace,
} from './domain.ts';
import { meterOf } from './meter.ts';

/** The endpoint that a request came in from: the switch knows it by its port and address. */
export interface Asker {
  readonly node: string;
  readonly endpoint: string;
  readonly mac: string;
  /** Patterns of what titles it may have. */
  readonly titles: readonly string[];
}

export interface Decision {
  readonly answer: Answer;
  /** In an order in which each makes of a domain that could be one that could be as well. */
  readonly changes: readonly Change[];
}

/** So that nobody uses up what is for all. */
export const limits = {
  entities: 4096,
  entitiesOfEndpoint: 64,
  workspaces: 4096,
  workspacesOfCreator: 64,
  members: 1024,
  workspacesOfMember: 256,
  farewells: 1024,
} as const;

/** What a request comes to. Pure. `now`: milliseconds since 1970. */
export function decide(domain: Domain, asker: Asker, request: EntityRequest, now: number): Decision {
  switch (request.primitive) {
    case 'entityRegister':
      return register(domain, asker, request, now);
    case 'entityLookup':
      return lookUpEntity(domain, request);
    case 'workspaceLookup':
      return lookUpWorkspace(domain, request.workspace);
  }
  if (!isAt(domain.entities.get(request.title), asker))
    return no('notYours', `${request.title} is not registered here`);
  switch (request.primitive) {
    case 'entityUnregister':
      return unregister(domain, request.title, asker, now);
    case 'workspaceCreate':
      return create(domain, request);
    case 'workspaceAttach':
      return attach(domain, request);
    case 'workspaceDetach':
      return detach(domain, request);
    case 'workspaceDelete':
      return remove(domain, request);
  }
}

/** Whether an entity is at an endpoint, which may have its title. */
export function isAt(entity: Entity | undefined, { node, endpoint, mac, titles }: Asker): entity is Entity {
  return (
    entity?.node === node &&
    entity.endpoint === endpoint &&
    entity.mac === mac &&
    titles.some((pattern) => matchesPattern(pattern, entity.title))
  );
}

function register(
  { entities }: Domain,
  { node, endpoint, mac, titles }: Asker,
  { title, capabilities = [] }: RequestOf<'entityRegister'>,
  now: number,
): Decision {
  if (!titles.some((pattern) => matchesPattern(pattern, title)))
    return no('notYours', `endpoint ${endpoint} may not have this title`);
  const before = entities.get(title);
  if (before?.node !== undefined && before.endpoint !== endpoint)
    return no('taken', 'another endpoint has this title');
  const isSame =
    before?.node === node &&
    before.mac === mac &&
    before.capabilities.join(' ') === [...capabilities].join(' ');
  if (isSame) return yes({ address: mac });
  const here = [...entities.values()].filter((one) => one.endpoint === endpoint && one.title !== title);
  if (here.length >= limits.entitiesOfEndpoint) return no('full', 'this endpoint has too many titles');
  if (!before && entities.size >= limits.entities) return no('full', 'the domain has too many titles');
  const entity = { title, endpoint, node, mac, capabilities: [...capabilities], since: now };
  return yes({ address: mac }, [putEntity(entity)]);
}

function unregister(domain: Domain, title: string, { mac }: Asker, now: number): Decision {
  const farewell = domain.farewells.size < limits.farewells ? [putFarewell({ title, mac, at: now })] : [];
  const over = overFarewells(domain, now).filter((one) => one !== title);
  return yes({}, [...forget(domain, new Set([title])), ...farewell, ...over.map(dropFarewell)]);
}

/** Milliseconds for which it is known whose a title was: longer than what was said with it is on its way. */
const farewellTime = 10_000;

/** Titles of which nobody has to know any more whose they were. */
export function overFarewells({ farewells }: Domain, now: number): string[] {
  return [...farewells.values()].filter(({ at }) => at < now - farewellTime).map(({ title }) => title);
}

/** Who gave it up just now is meant as long as it is nobody else’s. */
function lookUpEntity({ entities, farewells }: Domain, { title }: RequestOf<'entityLookup'>): Decision {
  const entity = entities.get(title);
  const mac = entity?.node === undefined ? farewells.get(title)?.mac : entity.mac;
  return mac === undefined ? no('unknown', 'no entity has this title') : yes({ address: mac });
}

function lookUpWorkspace(domain: Domain, title: string): Decision {
  const workspace = domain.workspaces.get(title);
  return workspace ? yes(shown(domain, workspace)) : noWorkspace();
}

function create(
  domain: Domain,
  { title: creator, workspace: title, access = [], requires = [], ...most }: RequestOf<'workspaceCreate'>,
): Decision {
  if (most.maxMembers === 0 || most.maxBandwidth === 0) return no('malformed', 'a limit of none');
  const address = workspaceAddress(title);
  const before = domain.workspaces.get(title);
  const { maxMembers, maxBandwidth } = most;
  const workspace: Workspace = {
    title,
    address,
    creator,
    access: [...access],
    requires: [...requires],
    ...(maxMembers !== undefined && { maxMembers }),
    ...(maxBandwidth !== undefined && { maxBandwidth }),
  };
  if (before)
    return isSame(before, workspace)
      ? yes(shown(domain, before))
      : no('taken', `${before.creator} has created it`);
  const all = [...domain.workspaces.values()];
  const twin = all.find((one) => one.address === address);
  if (twin || address === agentGroup)
    return no('taken', `its address is that of ${twin?.title ?? 'the agent'}`);
  const metered = maxBandwidth === undefined ? undefined : all.find((one) => sharesMeter(one, address));
  if (metered) return no('taken', `its meter is that of ${metered.title}`);
  if (all.length >= limits.workspaces) return no('full', 'the domain has too many workspaces');
  if (all.filter((one) => one.creator === creator).length >= limits.workspacesOfCreator)
    return no('full', `${creator} has created too many workspaces`);
  return yes(shown(domain, workspace), [putWorkspace(workspace)]);
}

/** Then what is said in one would count in the other. */
function sharesMeter({ address, maxBandwidth }: Workspace, other: string): boolean {
  return maxBandwidth !== undefined && meterOf(address) === meterOf(other);
}

function attach(domain: Domain, { title, workspace: of }: RequestOf<'workspaceAttach'>): Decision {
  const workspace = domain.workspaces.get(of);
  if (!workspace) return noWorkspace();
  const members = membersOf(domain, of);
  if (members.has(title)) return yes(shown(domain, workspace));
  const { access, requires, creator, maxMembers = limits.members } = workspace;
  const mayJoin = access.length === 0 || access.some((pattern) => matchesPattern(pattern, title));
  if (!mayJoin && title !== creator) return no('refused', 'its creator does not let this title in');
  const able = new Set(domain.entities.get(title)?.capabilities);
  const lacking = requires.find((one) => !able.has(one));
  if (lacking !== undefined) return no('refused', `it requires ${lacking}`);
  if (members.size >= Math.min(maxMembers, limits.members))
    return no('full', 'it has all the members it takes');
  if (joined(domain, title).length >= limits.workspacesOfMember)
    return no('full', `${title} is a member of too many workspaces`);
  const answer = { ...shown(domain, workspace), members: members.size + 1 };
  return yes(answer, [putMember(of, title)]);
}

function detach(domain: Domain, { title, workspace: of }: RequestOf<'workspaceDetach'>): Decision {
  if (!domain.workspaces.has(of)) return noWorkspace();
  if (!membersOf(domain, of).has(title)) return yes({});
  return yes({}, leave(domain, of, new Set([title])));
}

function remove(domain: Domain, { title, workspace: of }: RequestOf<'workspaceDelete'>): Decision {
  const workspace = domain.workspaces.get(of);
  if (!workspace) return noWorkspace();
  if (workspace.creator !== title) return no('notYours', `${workspace.creator} has created it`);
  return yes({}, [...[...membersOf(domain, of)].map((one) => dropMember(of, one)), dropWorkspace(of)]);
}

/**
 * What it takes to forget entities: they leave their workspaces, and what they have created goes when nobody is in it. They
 * themselves go last, so that who asks again is known.
 */
export function forget(domain: Domain, titles: ReadonlySet<string>): Change[] {
  const entities = new Map([...domain.entities].filter(([title]) => !titles.has(title)));
  const without = { ...domain, entities };
  return [
    ...[...domain.workspaces.keys()].flatMap((of) => leave(without, of, titles)),
    ...[...titles].map(dropEntity),
  ];
}

function leave(domain: Domain, of: string, titles: ReadonlySet<string>): Change[] {
  const members = membersOf(domain, of);
  const going = [...members].filter((one) => titles.has(one));
  const creator = domain.workspaces.get(of)?.creator ?? '';
  const isLeft = going.length === members.size && !domain.entities.has(creator);
  return [...going.map((one) => dropMember(of, one)), ...(isLeft ? [dropWorkspace(of)] : [])];
}

function joined({ members }: Domain, title: string): string[] {
  return [...members].flatMap(([of, titles]) => (titles.has(title) ? [of] : []));
}

function shown(domain: Domain, workspace: Workspace): Omit<Answer, 'status'> {
  const { address, creator, maxMembers, maxBandwidth } = workspace;
  return {
    address,
    creator,
    members: membersOf(domain, workspace.title).size,
    ...(maxMembers !== undefined && { maxMembers }),
    ...(maxBandwidth !== undefined && { maxBandwidth }),
  };
}

function isSame(one: Workspace, other: Workspace): boolean {
  const text = ({ title, creator, access, requires, maxMembers, maxBandwidth }: Workspace) =>
    JSON.stringify([title, creator, access, requires, maxMembers, maxBandwidth]);
  return text(one) === text(other);
}

function yes(answer: Omit<Answer, 'status'>, changes: readonly Change[] = []): Decision {
  return { answer: { status: 'ok', ...answer }, changes };
}

function no(status: Exclude<Status, 'ok'>, reason: string): Decision {
  return { answer: { status, reason }, changes: [] };
}

function noWorkspace(): Decision {
  return no('unknown', 'there is no such workspace');
}
