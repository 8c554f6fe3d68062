// `npm run bench -- NAME [options]`: sets up what the benchmarks compare with, then runs one.
import { run, setUp, toRun } from './lib/setup.mjs';

await setUp({ ...toRun, 'podman-compose': 'podman-compose', 'docker-compose': 'docker-compose' });

// Where no registry answers, Heddle makes this image from Debian's packages; elsewhere it pulls it.
process.env.HEDDLE_BASE = process.env.HEDDLE_BASE || 'localhost/heddle/base:bookworm';

// An interrupt goes to the benchmark as well, which takes down what it made before it ends.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

const args = process.argv.slice(2).filter((argument) => argument !== '--yes');
process.exit(run('node', ['--disable-warning=ExperimentalWarning', 'bench/main.ts', ...args]));
