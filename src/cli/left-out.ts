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
};

/** The message for a command that is not there, and what to do. */
export function unknownCommand(name: string): { readonly message: string; readonly hint?: string } {
  const left = Object.hasOwn(leftOutCommands, name) ? leftOutCommands[name] : undefined;
  if (!left) return { message: `there is no command "${name}"` };
  return { message: `${name} is left out of Heddle: ${left.why}`, hint: left.instead };
}
