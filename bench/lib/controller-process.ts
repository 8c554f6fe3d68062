// A process with Heddle's OpenFlow controller and one network, whose switch is the one that connects first:
//   controller-process.ts SOCKET DATAPATH PORTS
import { Controller } from '../../src/networks/ovs/controller/controller.ts';
import { type ControlledNetwork, LearningSwitch } from '../../src/networks/sdn/controller/learning-switch.ts';
import { portsOf } from './packet-in-load.ts';

const [socket = '', datapath = '', ports = ''] = process.argv.slice(2);
const controller = new Controller<ControlledNetwork, LearningSwitch>(
  socket,
  (channel, ended) => new LearningSwitch(channel, ended),
);
await controller.listen();
console.log('listening');
// What serves holds no process up.
setInterval(() => {}, 60_000);
const learning = portsOf(Number(ports)).map(({ name, mac }) => ({ name, mac, learns: true }));
await controller.control(datapath, { id: datapath.slice(4), ports: learning }, 'emulated');
