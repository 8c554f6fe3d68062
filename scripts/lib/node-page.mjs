// docs/reference/node.md, from the schema of the settings.
import { optionsTable } from './options-table.mjs';

/** `schema`: the JSON Schema of `node.yaml`. */
export function nodePage(schema) {
  return `# Settings of the node

\`/etc/heddle/node.yaml\` is read when the node starts, if it is there; \`heddle node start --config FILE\` names another. What
flags say wins, and then what the environment says (\`HEDDLE_STATE_DIR\`, \`HEDDLE_SOCKET\`, \`HEDDLE_METRICS\`, \`HEDDLE_LOG_LEVEL\`). A
key that there is not, and a value that cannot be, is an error with its place. This page is generated from
\`src/node/settings\` by \`npm run docs\`.

${optionsTable(schema)}
\`\`\`yaml
name: node1
edge: { uplink: eth1 }
state:
  etcd:
    endpoints: ["https://etcd1:2379", "https://etcd2:2379", "https://etcd3:2379"]
    ca: /etc/heddle/etcd-ca.pem
    cert: /etc/heddle/etcd.pem
    key: /etc/heddle/etcd-key.pem
services:
  sdn: { process: own }
site: berlin
wan:
  uplinks:
    - { interface: eth0 }
    - { interface: lte0, cost: 100 }
\`\`\`
`;
}
