// docs/reference/cli.md, from the tree of commands.

export function cliPage(commands) {
  const index = commands.map(
    (command) => `| [\`${command.name()}\`](#heddle-${command.name()}) | ${cell(command.description())} |`,
  );
  return `# Commands

Every command takes \`--help\`. Options that say which application, node and engine are meant may stand before the command,
too, as with Docker Compose: \`heddle -f compose.yaml -p shop ps\`; lists of both places come together. Exit codes: 0 done, 1 failed, 2 the command line was not understood. This page is generated
from \`src/cli/commands\` by \`npm run docs\`.

| command | what it does |
|---|---|
${index.join('\n')}

${commands.flatMap((command) => sections(command, 'heddle')).join('\n')}`;
}

function sections(command, parent) {
  const name = `${parent} ${command.name()}`;
  const inner = command.commands.filter((child) => child.name() !== 'help');
  return [section(command, name), ...inner.flatMap((child) => sections(child, name))];
}

function section(command, name) {
  const args = command.registeredArguments;
  const usage = [name, ...(command.options.length > 0 ? ['[options]'] : []), ...args.map(argumentText)].join(
    ' ',
  );
  const rows = [
    ...args
      .filter(({ description }) => description)
      .map((each) => [each.name(), each.description, each.argChoices]),
    ...command.options
      .filter(({ hidden }) => !hidden)
      .map((each) => [each.flags, each.description, each.argChoices, each.defaultValue]),
  ];
  const table = rows.map(
    ([left, description, choices, initial]) =>
      `| \`${cell(left)}\` | ${cell([description, choicesText(choices), initialText(initial)].filter(Boolean).join('; '))} |`,
  );
  const head = `## ${name}\n\n${command.description()}.\n\n\`${usage}\`\n`;
  return table.length === 0 ? head : `${head}\n| | |\n|---|---|\n${table.join('\n')}\n`;
}

function argumentText(argument) {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

function choicesText(choices) {
  return choices ? `one of ${choices.map((choice) => `\`${choice}\``).join(', ')}` : '';
}

function initialText(initial) {
  return initial === undefined || initial === false ? '' : `default \`${initial}\``;
}

function cell(content) {
  return String(content).replaceAll('|', '\\|');
}
