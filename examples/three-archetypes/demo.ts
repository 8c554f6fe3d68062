// What `npm run demo:networks` shows. It checks what it shows, ends with 1 when something is not as it should be, and removes
// all that it made, however it ends.
import { runDemo } from '../lib/run-demo.ts';
import { Lab } from './lab/lab.ts';
import { folder, removeLab } from './lab/remove.ts';
import { tell } from './story.ts';

await runDemo({
  lab: new Lab(),
  tell,
  remove: removeLab,
  hints: `on() { nsenter -t "$(cut -d' ' -f1 ${folder}/$1/pid)" -n -m -p -- "\${@:2}"; }
on north bin/heddle net ls
on south bin/heddle net graph
on south tcpdump -i eth1 -e -nn
tail -f ${folder}/log/node-north`,
});
