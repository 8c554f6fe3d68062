import { Option } from 'commander';

/** For what runs by the settings of the node. */
export function configOption(): Option {
  return new Option(
    '--config <file>',
    'the settings of the node; default: /etc/heddle/node.yaml, if it is there',
  );
}
