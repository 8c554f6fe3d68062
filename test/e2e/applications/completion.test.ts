import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestHost } from '../../support/host.ts';
import { installedCommand } from '../../support/installed.ts';
import { webAndDb } from '../../support/tiny.ts';

describe('completion', () => {
  const host = new TestHost();
  let project: string[];
  /** What bash offers at the end of a line, asked as its Tab key asks. */
  const offered = async (line: string): Promise<string[]> => {
    const program = `
      PATH=${path.dirname(installedCommand)}:$PATH
      cd ${host.folder}
      source <(heddle completion bash)
      compopt() { :; }
      COMP_LINE=$1
      COMP_POINT=\${#1}
      eval "$(complete -p heddle | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const outcome = await host.run('bash', ['-c', program, 'bash', line]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    return outcome.stdout.split('\n').filter((candidate) => candidate !== '');
  };

  beforeAll(() => {
    project = host.project('cmcomplete', webAndDb);
  });
  afterAll(() => host.remove());

  test('offers commands, options and values in bash', async () => {
    expect(await offered('heddle fire')).toEqual(['firewall']);
    expect(await offered('heddle images b')).toEqual(['build']);
    expect(await offered('heddle up --sc')).toEqual(['--scale']);
    expect(await offered('heddle ps --format ')).toEqual(['table', 'json']);
    // Bash replaces what stands behind the equals sign only.
    expect(await offered('heddle ps --format=j')).toEqual(['json']);
    expect(await offered('heddle features sn')).toEqual(['snmp']);
  });

  test('offers the services of the file', async () => {
    const given = `-f ${project.at(-1)}`;
    expect(await offered(`heddle logs ${given.replace('-f', '--file')} `)).toEqual(['web', 'db']);
    expect(await offered(`heddle restart ${given} web `)).toEqual(['db']);
    expect(await offered(`heddle scale ${given} d`)).toEqual(['db=']);
    expect(await offered(`heddle exec ${given} web -`)).toEqual([]);
    // Options before the command say which file, too.
    expect(await offered(`heddle ${given} run --rm d`)).toEqual(['db']);
    expect(await offered(`heddle ${given} cp d`)).toEqual(['db:']);
    expect(await offered(`heddle ${given} kill -s SIGH`)).toEqual(['SIGHUP']);
    expect(await offered('heddle restart ')).toEqual([]);
  });

  test('offers the projects that there are, and starts no node to find out', async () => {
    expect(await offered('heddle ps -p cmcompl')).toEqual([]);
    await expect(host.nodePid()).rejects.toThrow();
    await host.ok('up', ...project);
    expect(await offered('heddle ps -p cmcompl')).toEqual(['cmcomplete']);
    expect(await offered('heddle restart -p cmcomplete ')).toEqual(['db', 'web']);
  });

  test('offers networks and what is on them, and what the node has', async () => {
    await host.ok('net', 'create', 'cmnet', '-a', 'linux');
    await host.ok('endpoint', 'create', 'cmnet', 'cmvm', '--tap');
    expect(await offered('heddle net rm cm')).toEqual(['cmnet']);
    expect(await offered('heddle net switch cmnet --to s')).toEqual(['sdn']);
    expect(await offered('heddle endpoint remove cmnet ')).toEqual(['cmvm']);
    expect(await offered('heddle net trace cmnet --from ')).toEqual(['cmvm']);
    expect(await offered('heddle net create other -a et')).toEqual(['etarch']);
    expect(await offered('heddle node logs sd')).toEqual(['sdn']);
    await host.ok('net', 'rm', '--force', 'cmnet');
  });

  test('has a script for every shell that it names, and refuses others', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      expect(await host.ok('completion', shell)).toContain('heddle __complete --');
    }
    expect((await host.heddle('completion', 'tcsh')).code).toBe(2);
  });
});
