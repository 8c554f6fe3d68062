// What `npm run demo:edge` shows. It checks what it shows, ends with 1 when something is not as it should be, and removes all
// that it made, however it ends.
import { runDemo } from '../lib/run-demo.ts';
import { Lab } from './lab/lab.ts';
import { removeLab } from './lab/remove.ts';
import { tell } from './story.ts';

await runDemo({
  lab: new Lab(),
  tell,
  remove: removeLab,
  hints: `ip netns list
ip netns exec heddle-lab-madrid-client kdig @10.3.0.1 login.edge.internal
ip netns exec heddle-lab-madrid-client curl http://10.3.0.1/
HEDDLE_STATE_DIR=/run/heddle-lab/state bin/heddle edge explain login --at madrid
tail -f /run/heddle-lab/log/gateway-madrid`,
});
