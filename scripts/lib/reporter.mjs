// A reporter of vitest: writes what passed and what did not to the file that HEDDLE_TEST_REPORT names. Vitest's own JSON knows nothing of
// a hook that failed in a block of tests.
import { writeFileSync } from 'node:fs';

export default class Reporter {
  onTestRunEnd(modules, problems) {
    const report = { ...outcomeOf(modules), problems: problems.map(messageOf) };
    writeFileSync(process.env.HEDDLE_TEST_REPORT, JSON.stringify(report));
  }
}

/** How many tests passed, and whatever failed: a test, or what stands around tests (a file, a block), with its file, name and messages. */
export function outcomeOf(modules) {
  let passed = 0;
  const failed = [];
  const note = (file, name, errors) => {
    if (errors.length > 0) failed.push({ file, name, messages: errors.map(messageOf) });
  };
  for (const module of modules) {
    const file = module.moduleId;
    note(file, '', module.errors());
    for (const suite of module.children.allSuites()) note(file, suite.fullName, suite.errors());
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result();
      if (state === 'passed') passed++;
      if (state === 'failed') note(file, test.fullName, errors.length > 0 ? errors : [{ message: 'failed' }]);
    }
  }
  return { passed, failed };
}

function messageOf({ message, stack }) {
  return stack ?? message;
}
