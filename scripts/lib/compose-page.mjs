// docs/reference/compose.md, from what is left out on purpose.

export function composePage(commands, flags) {
  const rows = Object.entries(commands).map(([name, left]) => row(`\`${name}\``, left));
  const flagRows = Object.entries(flags).flatMap(([command, all]) =>
    Object.entries(all).map(([flag, left]) => row(`${placeOf(command)} \`${flag}\``, left)),
  );
  return `# Docker Compose’s command line, and this one

Whoever types \`docker compose X\` types \`heddle X\`: commands, flags and exit codes are those of Compose 2.40, but for what
is left out here on purpose, and the differences below. This page is generated from \`src/cli/left-out.ts\` by \`npm run docs\`; a
test compares both with what \`docker compose --help\` lists.

## Commands that are left out

| command | why | instead |
|---|---|---|
${rows.join('\n')}

## Flags that are left out

| flag | why | instead |
|---|---|---|
${flagRows.join('\n')}

Of \`--format\`, there is \`table\` and \`json\`; Go templates are left out: \`--format json\` and jq do what they do.

## What differs

- \`--format json\` prints one array, \`[]\` when there is nothing, not an object a line. An application that a file describes and
  nobody brought up has nothing; a name alone that nobody knows (\`-p\`) is an error.
- \`ps\` shows what has ended, and the agents beside services; \`-q\` and \`--services\` are about what runs of the application itself.
- \`ls\` lists applications that are stopped, too.
- \`kill\` with SIGKILL takes the pod along, so that its ports become free. A service that was killed, stopped or removed stays so
  until \`start\` or \`up\`, whatever its restart policy.
- \`run\` gives its container no fixed address of the service. A one-off of a service with a firewall has the same firewall, and
  other firewalls let it in as its service. Without \`--rm\` it stays to be looked at until \`heddle rm\` or \`down\`.
- \`cp\` takes files, folders and links; devices, pipes and sockets are left out and named. Without \`-a\`, what is copied here is
  the user’s, and what is copied to a service is root’s.
`;
}

function placeOf(command) {
  if (command === '*') return 'all:';
  return command === '' ? 'before the command:' : `\`${command}\``;
}

function row(what, { why, instead }) {
  return `| ${what} | ${why} | ${instead} |`;
}
