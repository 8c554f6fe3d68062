// Builds a real Kubernetes API server for the tests, once, from Debian's source package: no binary is fetched. It takes
// some minutes, and some gigabytes while it runs. The result stays in the user's cache, for every checkout; the last line printed is its path.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { run, setUp, stop } from './lib/setup.mjs';

/** The last of the source packages that Debian has. It is older than discovery/v1 and younger than coordination/v1. */
const version = '1.20.5+really1.20.2-1.1+deb12u1';
const program = 'kube-apiserver';
const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache');
const folder = path.join(cache, 'heddle', 'kubernetes-1.20');
const built = path.join(folder, program);

if (!existsSync(built)) {
  await setUp({ 'golang-1.19-go': '/usr/lib/go-1.19/bin/go', 'dpkg-dev': 'dpkg-source' });
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, 'build-'));
  process.on('exit', () => rmSync(work, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
  const tree = source(work);
  repair(work, tree);
  compile(work, tree);
}
console.log(built);

/** Fetches the source, with lists of packages of its own: those of the machine stay as they are. */
function source(work) {
  const list = path.join(work, 'sources.list');
  const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  writeFileSync(
    list,
    `deb-src ${key} http://deb.debian.org/debian bookworm main
deb-src ${key} http://deb.debian.org/debian-security bookworm-security main
`,
  );
  const lists = path.join(work, 'lists');
  mkdirSync(path.join(lists, 'partial'), { recursive: true });
  const own = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': lists,
  };
  const options = ['-q', ...Object.entries({ ...own, 'APT::Sandbox::User': 'root' }).flatMap(asOption)];
  succeed(work, 'apt-get', ['update', ...options]);
  succeed(work, 'apt-get', ['source', '--only-source', ...options, `kubernetes=${version}`]);
  const tree = readdirSync(work).find((name) => /^kubernetes-[^/]+really/.test(name));
  return tree ? path.join(work, tree) : stop('The source package of Kubernetes holds something else.');
}

/** Under Go 1.18 and later its reflect2 reads a map wrongly, and custom resources end the server: Debian's is newer. */
function repair(work, tree) {
  const name = 'golang-github-modern-go-reflect2-dev';
  succeed(work, 'apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', name]);
  const archive = readdirSync(work).find((file) => file.startsWith(name));
  succeed(work, 'dpkg-deb', ['--extract', archive, 'newer']);
  const inside = path.join('github.com', 'modern-go', 'reflect2');
  const old = path.join(tree, 'vendor', inside);
  rmSync(old, { recursive: true });
  renameSync(path.join(work, 'newer', 'usr', 'share', 'gocode', 'src', inside), old);
}

function compile(work, tree) {
  const module = 'k8s.io/kubernetes';
  const gopath = path.join(work, 'go');
  const inside = path.join(gopath, 'src', module);
  mkdirSync(path.dirname(inside), { recursive: true });
  symlinkSync(tree, inside);
  const env = {
    ...process.env,
    GOPATH: gopath,
    GOCACHE: path.join(work, 'cache'),
    GO111MODULE: 'off',
    CGO_ENABLED: '0',
    GOFLAGS: '',
    // The linked tree is what Go has to see: the shell's idea of where it is.
    PWD: inside,
  };
  const go = (...args) => succeed(inside, '/usr/lib/go-1.19/bin/go', args, env);
  const generator = path.join(work, 'openapi-gen');
  go('build', '-o', generator, './vendor/k8s.io/kube-openapi/cmd/openapi-gen');
  // The one generated file that the server needs and the package lacks, as build/root/Makefile.generated_files makes it.
  const generate = `
    packages=$(find -L pkg vendor/k8s.io -name '*.go' ! -path '*/code-generator/*' ! -path '*/sample-apiserver/*' \\
      -exec grep -l '+k8s:openapi-gen=' {} + | xargs -n1 dirname | sort -u | sed 's,^,${module}/,' | paste -sd, -)
    "$0" --logtostderr -i "$packages" -p ${module}/pkg/generated/openapi -O zz_generated.openapi \\
      -h hack/boilerplate/boilerplate.generatego.txt -r /dev/null`;
  succeed(inside, 'sh', ['-ec', generate, generator], env);
  go('build', '-o', path.join(work, program), `${module}/cmd/${program}`);
  renameSync(path.join(work, program), built);
}

function asOption([name, value]) {
  return ['-o', `${name}=${value}`];
}

function succeed(cwd, command, args, env = process.env) {
  const status = run(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) stop(`Building Kubernetes: ${command} ended with ${status}.`);
}
