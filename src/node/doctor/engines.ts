import { missingPackages } from '../../engines/lxc/programs.ts';
import { type ProbedEngine, probeEngines } from '../../engines/probe.ts';
import { isInstalled } from '../../lib/exec.ts';
import { isOlder } from '../../lib/version.ts';
import { error, type Finding, ok, type Surroundings, warning } from './finding.ts';

/** The oldest of each that Heddle is tested with. */
const oldest = { podman: '4.3', docker: '20.10' } as const;

/** The engines of this host: what was found, and where they keep their data. */
export async function checkEngines({
  paths,
}: Surroundings): Promise<{ readonly findings: Finding[]; readonly storage: string[] }> {
  const [engines, iptables, lxc] = await Promise.all([
    probeEngines(paths.runDir, process.env),
    isInstalled('iptables'),
    isInstalled('lxc-start').then((is) => (is ? missingPackages() : undefined)),
  ]);
  return {
    findings: [...judgeEngines(engines, iptables), ...judgeLxc(lxc)],
    storage: engines.flatMap(({ info }) => (info ? [info.storage] : [])),
  };
}

export function judgeEngines(engines: readonly ProbedEngine[], iptables: boolean): Finding[] {
  const usable = engines.filter((engine) => engine.answers || engine.info);
  const findings = engines.flatMap((engine) => judgeEngine(engine, usable.length > 0));
  if (usable.length === 0) {
    findings.push(
      error('engine', 'neither Podman nor Docker works: nothing can run', 'apt-get install podman'),
    );
  }
  if (!iptables && usable.length > 0) {
    findings.push(
      error(
        'engine',
        'iptables is missing: the engines cannot make networks or publish ports',
        'apt-get install iptables',
      ),
    );
  }
  return findings;
}

/** `missing`: what it needs besides; absent: it is not there itself, and nobody has to have it. */
export function judgeLxc(missing: readonly string[] | undefined): Finding[] {
  if (!missing) return [];
  if (missing.length === 0)
    return [ok('lxc', 'it is installed, with what it needs: `--engine lxc` takes it')];
  return [
    warning(
      'lxc',
      `it is installed, and lacks for \`--engine lxc\`: ${missing.join(', ')}`,
      `apt-get install ${missing.join(' ')}`,
    ),
  ];
}

function judgeEngine(engine: ProbedEngine, another: boolean): Finding[] {
  const { kind, installed, answers, info, problem } = engine;
  const version = answers?.version ?? info?.version;
  if (version === undefined) {
    if (problem !== undefined)
      return [error(kind, `it is installed and does not work: ${problem}`, `mend ${kind}`)];
    const what = installed ? 'it is installed, and no daemon answers' : 'it is not installed';
    return [another ? ok(kind, `${what}; the other engine is used`) : warning(kind, what)];
  }
  const words = [
    version,
    answers ? `API ${answers.api} at ${answers.endpoint}` : 'without an API service; the node starts one',
    ...(info ? [`runtime ${info.runtime}`, `networks by ${info.network}`] : []),
  ].join(', ');
  if (isOlder(version, oldest[kind])) {
    return [
      warning(kind, `${words}: older than ${oldest[kind]}, which Heddle is tested with`, `upgrade ${kind}`),
    ];
  }
  if (info && info.network !== 'netavark') {
    return [
      warning(
        kind,
        `${words}: its networks are not kept apart, and services have no names`,
        'apt-get install netavark aardvark-dns',
      ),
    ];
  }
  return [ok(kind, words)];
}
