/** What Docker Compose has and Heddle leaves out on purpose, each with its reason and what to do instead. */
interface LeftOut {
  readonly why: string;
  readonly instead: string;
}

/** Commands, by name. A test compares this with the commands of docker compose. */
export const leftOutCommands: Readonly<Record<string, LeftOut>> = {
  alpha: {
    why: 'experimental commands may change or go with every release of Compose',
    instead: '`heddle watch`, `heddle config` and `heddle spec` are there',
  },
  bridge: {
    why: 'it turns a file into one of another tool, which Heddle does not deploy with',
    instead: '`heddle config` prints the merged file for such a tool',
  },
  commit: {
    why: 'an image made from a container says nothing of how it was made',
    instead:
      'write a Dockerfile, and `heddle build`; or `podman commit` or `docker commit` with a name that `heddle ps` shows',
  },
  export: {
    why: 'it is one call to the engine, and nothing of the application',
    instead:
      '`heddle cp SERVICE:/ -`, or `podman export` or `docker export` with a name that `heddle ps` shows',
  },
  publish: {
    why: 'a file in a registry is no file that Heddle reads',
    instead: 'keep the file in version control; `heddle push` pushes images',
  },
  volumes: {
    why: 'the engine lists its volumes, those of an application by their label',
    instead:
      '`heddle config --volumes` for the names in the file; `podman volume ls --filter label=com.docker.compose.project=NAME`, or the same with docker',
  },
};

const orphans: LeftOut = {
  why: 'what it does has nothing to do with other services',
  instead: '`heddle up --remove-orphans`, or `heddle down --remove-orphans`',
};
const buildKit: LeftOut = {
  why: 'it is of BuildKit, which an engine need not have; Heddle builds over the engine’s own API',
  instead: 'build with the engine’s own command under the name that the file gives, and `heddle up`',
};
const digests: LeftOut = {
  why: 'no registry is asked while a file is read',
  instead: 'write the digest into the file: `image: NAME@sha256:…`',
};

/** Flags, by command; what stands under `*` is left out of every command, and under an empty name of all together. */
export const leftOutFlags: Readonly<Record<string, Readonly<Record<string, LeftOut>>>> = {
  '*': {
    '--dry-run': {
      why: 'only what makes and removes things has something to show',
      instead:
        '`heddle plan` says what `up` would do, and why; `up`, `down` and their like say so themselves',
    },
  },
  '': {
    '--all-resources': {
      why: 'networks and volumes that no service uses are not made',
      instead: 'let a service use them',
    },
    '--ansi': {
      why: 'colours follow the terminal, and the variables that other programs know',
      instead: 'NO_COLOR=1 or FORCE_COLOR=1',
    },
    '--compatibility': {
      why: 'it is for files of Compose before 2',
      instead: 'write the file as Compose 2 has it',
    },
    '--parallel': {
      why: 'the node shares out the host by itself',
      instead: 'nothing has to be done',
    },
    '--progress': {
      why: 'a line is printed for each step off a terminal, and below them what is at work on one',
      instead: '`--quiet` where a command has it',
    },
  },
  build: {
    '--builder': buildKit,
    '--check': buildKit,
    '--memory': {
      why: 'BuildKit overlooks it, and a limit that holds on one engine only is none',
      instead: 'limit the engine that builds',
    },
    '--print': buildKit,
    '--provenance': buildKit,
    '--sbom': buildKit,
    '--ssh': buildKit,
  },
  config: {
    '--lock-image-digests': digests,
    '--models': { why: 'models are not run', instead: 'a file that has some is refused, and says so' },
    '--no-consistency': {
      why: 'a file that contradicts itself is never printed, as it is never deployed',
      instead: '`--no-interpolate` checks nothing',
    },
    '--no-env-resolution': {
      why: 'what environment files say is part of what is printed',
      instead: '`--no-interpolate` leaves them where they are',
    },
    '--no-normalize': {
      why: 'there is one form to print, the long one, which can be read again',
      instead: 'nothing has to be done',
    },
    '--no-path-resolution': {
      why: 'paths are printed whole, so that what is printed may lie in any folder',
      instead: 'nothing has to be done',
    },
    '--resolve-image-digests': digests,
  },
  kill: { '--remove-orphans': orphans },
  run: { '--remove-orphans': orphans },
  up: {
    '--menu': {
      why: 'nothing is asked of who sees the logs',
      instead: '`heddle watch`, in another terminal',
    },
    '--quiet-build': { why: 'what a build prints is not shown', instead: '`--quiet`' },
    '--watch': { why: '`up` ends or shows logs', instead: '`heddle watch`, which brings up what it watches' },
  },
};

/** The message for a command that is not there, and what to do. */
export function unknownCommand(name: string): { readonly message: string; readonly hint?: string } {
  const left = Object.hasOwn(leftOutCommands, name) ? leftOutCommands[name] : undefined;
  if (!left) return { message: `there is no command "${name}"` };
  return { message: `${name} is left out of Heddle: ${left.why}`, hint: left.instead };
}
