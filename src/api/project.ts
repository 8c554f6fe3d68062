import type {
  FilesWanted,
  MakeRequest,
  PlannedProject,
  ProjectEvent,
  ReadProject,
  ReadRequest,
  SelectedProject,
  SelectRequest,
} from './contracts/projects.ts';

export type * from './contracts/projects.ts';

/** What the node does with projects that its clients have in files. Files that are lacking are the first answer. */
export interface ProjectService {
  readProject(request: ReadRequest): ReadProject | FilesWanted;
  selectProject(request: SelectRequest): Promise<SelectedProject | FilesWanted>;
  planProject(request: MakeRequest): Promise<PlannedProject | FilesWanted>;
  upProject(request: MakeRequest, report: (event: ProjectEvent) => void, gone?: AbortSignal): Promise<void>;
}
