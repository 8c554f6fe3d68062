import { tinyBuild, tinyImage } from './tiny.ts';

/**
 * What a rank does, for sh(1): meets the first, goes on from where the last attempt kept its step, and says how far it is as a training
 * does. `/tmp/hang` in it lets it stand still; `/tmp/fail`, end. It ends by itself after its steps.
 */
const rank = `
set -eu
say() {
  printf '{"step":%d,"steps":%d,"phase":"%s","seconds":{"compute":%d,"network":%d,"data":0},"checkpoint":%d}' "$$1" $STEPS "$$2" "$$1" "$$RANK" "$$kept" > "$$HEDDLE_JOB_PROGRESS.new"
  mv "$$HEDDLE_JOB_PROGRESS.new" "$$HEDDLE_JOB_PROGRESS"
}
kept=$$(cat "$$HEDDLE_JOB_CHECKPOINT/step" 2>/dev/null || echo 0)
echo "rank $$RANK of $$WORLD_SIZE begins after step $$kept, by $$GLOO_SOCKET_IFNAME"
rm -f /tmp/hang
if [ "$$RANK" = 0 ]; then
  met=1
  while [ $$met -lt $$WORLD_SIZE ]; do
    echo met | nc -l -p "$$MASTER_PORT" -q 0 >/dev/null && met=$$((met + 1))
  done
else
  until [ "$$(nc -w 1 "$$MASTER_ADDR" "$$MASTER_PORT" </dev/null)" = met ]; do sleep 0.05; done
fi
step=$$kept
while [ $$step -lt $STEPS ]; do
  step=$$((step + 1))
  if [ -e /tmp/fail ]; then rm /tmp/fail; exit 3; fi
  while [ -e /tmp/hang ]; do sleep 0.1; done
  if [ "$$RANK" = 0 ] && [ $$((step % 5)) = 0 ]; then
    echo $$step > "$$HEDDLE_JOB_CHECKPOINT/step.new"
    mv "$$HEDDLE_JOB_CHECKPOINT/step.new" "$$HEDDLE_JOB_CHECKPOINT/step"
    kept=$$step
  fi
  say $$step compute
  sleep 0.1
done
echo "rank $$RANK has done $$step steps"
`;

/** Such a job as a whole Compose file: JSON is YAML. `more`: keys of its service beside. */
export function shellJob({
  steps = 30,
  job = {},
  place = undefined as readonly string[] | undefined,
  service = {},
  beside = undefined as object | undefined,
  file = {},
} = {}): string {
  return JSON.stringify({
    services: {
      trainer: {
        image: tinyImage,
        build: tinyBuild,
        init: true,
        stop_grace_period: '1s',
        volumes: ['kept:/data'],
        command: ['sh', '-c', rank.replaceAll('$STEPS', String(steps))],
        'x-heddle': { job: { workers: 3, retries: 2, checkpoint: '/data', ...job }, place },
        ...service,
      },
      beside,
    },
    volumes: { kept: {} },
    ...file,
  });
}
