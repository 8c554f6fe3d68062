import type { NodeClient } from '../api/client.ts';
import type { OperationEvent } from '../api/messages.ts';
import type {
  FilesWanted,
  MakeRequest,
  ProjectEvent,
  ProjectSource,
  ReadProject,
  ReadRequest,
  SelectedProject,
  SelectRequest,
} from '../api/project.ts';
import type { ShownPlan } from '../deploy/plan/shown.ts';
import { Findings } from '../descriptor/findings.ts';
import { findFile } from '../descriptor/node-file-reader.ts';
import { findProject } from '../descriptor/project.ts';
import { composeText } from '../descriptor/read-text.ts';
import { FoundFiles } from '../descriptor/sent-files.ts';
import { catalogueFolders } from './catalogue-folders.ts';
import type { ProjectOptions } from './command.ts';
import { loadOptions } from './load-options.ts';
import { tell } from './warnings.ts';

type Asked<Request> = Omit<Request, 'project'>;

/**
 * The project that options name, in files: the node reads it, and this client looks at the files that it names, with its
 * caller's own rights, working directory and standard input.
 */
export class SentProject {
  readonly #source: Omit<ProjectSource, 'found'>;
  readonly #files = new FoundFiles(findFile);

  /** @throws InvalidInput with every file that it begins with and that cannot be read */
  constructor(options: ProjectOptions) {
    const { read: _, env, ...asked } = loadOptions(options);
    // What reading begins with is sent unasked; without it, no node is asked or started.
    const { read } = this.#files;
    const findings = new Findings();
    const { files } = findProject({ ...asked, env, read }, findings);
    findings.throwIfErrors();
    for (const path of files) composeText(path, { read, findings, cwd: asked.cwd });
    findings.throwIfErrors();
    this.#source = {
      ...(asked as Omit<ProjectSource, 'env' | 'catalogue' | 'found'>),
      env: Object.fromEntries(
        Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
      ),
      catalogue: catalogueFolders(options),
      ...(options.allowPrivilegedTemplate && { allowPrivileged: options.allowPrivilegedTemplate }),
    };
  }

  async read(node: NodeClient, request: Asked<ReadRequest>): Promise<ReadProject> {
    const read = await this.#untilAllIsSent((project) => node.project.read({ ...request, project }));
    tell(read.warnings);
    return read;
  }

  async select(node: NodeClient, request: Asked<SelectRequest>): Promise<SelectedProject> {
    const selected = await this.#untilAllIsSent((project) => node.project.select({ ...request, project }));
    tell(selected.warnings);
    return selected;
  }

  async plan(node: NodeClient, request: Asked<MakeRequest>): Promise<ShownPlan> {
    const { warnings, plan } = await this.#untilAllIsSent((project) =>
      node.project.plan({ ...request, project }),
    );
    tell(warnings);
    return plan;
  }

  /** What the project is called, and how making it goes. */
  async up(
    node: NodeClient,
    request: Asked<MakeRequest>,
  ): Promise<{ readonly name: string; readonly events: AsyncGenerator<OperationEvent> }> {
    const { name, events } = await this.#untilAllIsSent(async (project) => {
      const events = node.project.up({ ...request, project });
      const { value: first } = await events.next();
      if (first?.type !== 'project') return { wanted: first?.type === 'wanted' ? first.wanted : [] };
      tell(first.warnings);
      return { name: first.name, events };
    });
    return { name, events: events as AsyncGenerator<Exclude<ProjectEvent, { type: 'wanted' | 'project' }>> };
  }

  async #untilAllIsSent<Answer extends object>(
    send: (project: ProjectSource) => Promise<Answer | FilesWanted>,
  ): Promise<Answer> {
    for (;;) {
      const answer = await send({ ...this.#source, found: this.#files.all });
      if (!('wanted' in answer)) return answer;
      this.#files.answer(answer.wanted);
    }
  }
}
