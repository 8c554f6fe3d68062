// One connection over which a byte is sent every few milliseconds, and comes back:
//   stream-process.ts serve PORT
//   stream-process.ts ask HOST PORT
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const every = 5;
const [what, ...args] = process.argv.slice(2);

if (what === 'serve') {
  const server = createServer((socket) =>
    socket
      .setNoDelay()
      .on('error', () => {})
      .pipe(socket),
  );
  server.listen(Number(args[0]), () => process.stdout.write('ready\n'));
} else {
  const socket = connect(Number(args[1]), args[0] ?? '').setNoDelay();
  let answers = 0;
  let longest = 0;
  let last = performance.now();
  const measure = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    return now;
  };
  socket.on('data', ({ length }) => {
    last = measure();
    answers += length;
  });
  socket.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  socket.on('close', () => process.exit(1));
  socket.on('connect', () => {
    setInterval(() => socket.write('.'), every);
    process.stdout.write('connected\n');
  });
  createInterface({ input: process.stdin }).on('line', () => {
    measure();
    process.stdout.write(`${JSON.stringify({ answers, longest: Math.round(longest) })}\n`);
    answers = 0;
    longest = 0;
  });
}
