// Serves a film over HTTP at port 80: `film-server.ts FILE`.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';

const [file = ''] = process.argv.slice(2);
createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': statSync(file).size });
  createReadStream(file).pipe(response);
}).listen(80);
