import type { JobRun, JobStatus, JobTimes } from '../../monitor/jobs/status.ts';
import { tableOf } from './table.ts';
import { bytesText } from './units.ts';

/** Jobs, a line each. */
export function jobsText(all: readonly JobStatus[]): string {
  return tableOf(all, {
    SERVICE: ({ service }) => service,
    PHASE: ({ phase }) => phase,
    RANKS: ({ ranks, workers }) => `${ranks.filter(({ state }) => state === 'running').length}/${workers}`,
    STEP: stepText,
    'STEP TIME': ({ stepSeconds }) => timeText(stepSeconds),
    TIME: ({ seconds }) => timeText(seconds),
    EARLIER: ({ runs }) => earlierText(runs),
    'COMPUTE/NETWORK/WAITING/DATA': ({ times }) => sharesText(times),
    EXCHANGED: exchangedText,
    BECAUSE: ({ reason }) => reason ?? '',
  });
}

/** One, with its ranks and earlier runs. */
export function jobText(job: JobStatus): string {
  const { service, phase, reason, run, attempt, retries, network, times, exchanged } = job;
  const about = [
    ['job', `${service}, ${phase}${reason === null ? '' : `: ${reason}`}`],
    ['run', run === 0 ? 'none yet' : `${run}, attempt ${attempt} of ${retries + 1}`],
    ['network', network ?? ''],
    [
      'step',
      `${stepText(job)}${job.stepSeconds === null ? '' : `, ${timeText(job.stepSeconds)} each at the moment`}`,
    ],
    [
      'time',
      `${timeText(job.seconds)}${earlierText(job.runs) === '' ? '' : `; earlier runs: ${earlierText(job.runs)}`}`,
    ],
    ...(times === null
      ? []
      : [
          ['compute', `${partText(times, 'compute')}, measured by the ranks`],
          ['data', `${partText(times, 'data')}, measured by the ranks`],
          ['exchange', `${partText(times, 'network')}, estimated: that of the rank which waited least`],
          ['waiting', `${partText(times, 'waiting')}, estimated: the rest, for slower ranks`],
        ]),
    ['exchanged', exchanged === null ? '' : `${exchangedText(job)}, ${howText[exchanged.how]}`],
  ].filter(([, text]) => text !== '');
  const lines = about.map(([what, text]) => `${`${what}:`.padEnd(11)}${text}`).join('\n');
  const ranks = tableOf(job.ranks, {
    RANK: ({ rank }) => rank,
    ...(job.ranks.some(({ node }) => node !== null) && { NODE: ({ node }) => node ?? 'this one' }),
    CONTAINER: ({ name }) => name,
    STATE: ({ state, exitCode }) => (exitCode === null ? state : `${state} (${exitCode})`),
    STEP: ({ progress }) => progress?.step ?? '',
    AT: ({ progress }) => progress?.phase ?? '',
    LOSS: ({ progress }) => (typeof progress?.loss === 'number' ? Number(progress.loss.toPrecision(4)) : ''),
    CHECKPOINT: ({ progress }) => progress?.checkpoint ?? '',
    COMPUTE: ({ progress }) => timeText(progress?.times?.compute ?? null),
    NETWORK: ({ progress }) => timeText(progress?.times?.network ?? null),
    DATA: ({ progress }) => timeText(progress?.times?.data ?? null),
    SENT: ({ sent }) => (sent === null ? '' : bytesText(sent)),
  });
  if (job.runs.length === 0) return `${lines}\n\n${ranks}`;
  const runs = tableOf(job.runs, {
    RUN: (one) => one.run,
    STARTED: ({ startedAt }) => startedAt.slice(0, 19).replace('T', ' '),
    OUTCOME: ({ outcome }) => outcome,
    TIME: ({ seconds }) => timeText(seconds),
    ATTEMPTS: ({ attempts }) => attempts,
    STEP: ({ step }) => step ?? '',
    NETWORK: (one) => one.network ?? '',
    'COMPUTE/NETWORK/WAITING/DATA': (one) => sharesText(one.times),
  });
  return `${lines}\n\n${ranks}\n\n${runs}`;
}

const howText = {
  measured: 'by the flows that were seen between ranks',
  estimated: 'estimated: all that the ranks sent on that network',
} as const;

function stepText({ step, steps }: Pick<JobStatus, 'step' | 'steps'>): string {
  if (step === null) return '';
  return steps === null ? String(step) : `${step}/${steps}`;
}

function exchangedText({ exchanged }: Pick<JobStatus, 'exchanged'>): string {
  return exchanged === null ? '' : bytesText(exchanged.bytes);
}

/** What those took that ended well, in the middle, and how many they are. */
function earlierText(runs: readonly JobRun[]): string {
  const all = runs.filter(({ outcome }) => outcome === 'ended').map(({ seconds }) => seconds);
  if (all.length === 0) return '';
  const sorted = all.toSorted((a, b) => a - b);
  const middle = (sorted[(sorted.length - 1) >> 1] ?? 0) / 2 + (sorted[sorted.length >> 1] ?? 0) / 2;
  return `${timeText(middle)} (${all.length})`;
}

function sharesText(times: JobTimes | null): string {
  if (times === null) return '';
  const { compute, network, waiting, data } = times;
  const sum = compute + network + waiting + data;
  if (sum === 0) return '';
  return [compute, network, waiting, data].map((part) => `${Math.round((part / sum) * 100)} %`).join(' / ');
}

function partText(times: JobTimes, part: keyof JobTimes): string {
  const sum = times.compute + times.network + times.waiting + times.data;
  return `${timeText(times[part])} (${sum === 0 ? 0 : Math.round((times[part] / sum) * 100)} %)`;
}

/** `12 ms`, `3.4 s`, `2 min 5 s`. */
export function timeText(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
